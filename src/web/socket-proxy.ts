/** Where Ruffle takes an XMLSocket that a SWF opens to `host` and `port`. */
export interface ProxiedSocket {
  readonly host: string;
  readonly port: number;
  readonly proxyUrl: string;
}

/**
 * The `socketProxy` of Ruffle for a relay that a page reaches as `authority` (host, or host:port) and
 * that listens on `port`. Ruffle compares host and port as they stand: SWFs ask for the host of their
 * page, and by habit for localhost and 127.0.0.1. Always `ws:`; behind a proxy that does TLS the page
 * needs `wss:`.
 */
export function socketProxy(authority: string, port: number): readonly ProxiedSocket[] {
  const { hostname, port: ownPort } = new URL(`http://${authority}`);
  const proxyUrl = `ws://${authority}/xmlsocket`;
  const hosts = new Set([hostname, 'localhost', '127.0.0.1']);
  const ports = new Set([port, ownPort === '' ? 80 : Number(ownPort)]);
  return [...ports].flatMap((each) => [...hosts].map((host) => ({ host, port: each, proxyUrl })));
}

/** Whether a header `Host` is one: a name or an address, and perhaps a port. */
export function isAuthority(host: string): boolean {
  return HOST.test(host) && URL.canParse(`http://${host}`);
}

const HOST = /^([a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i;
