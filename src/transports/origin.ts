export interface OriginCheck {
  /** The header `Origin`; undefined for clients that are no browsers. */
  readonly origin: string | undefined;
  /** The header `Host`. */
  readonly host: string | undefined;
  readonly allowedOrigins: readonly string[];
  /** Whether the listener can be reached from this machine only. */
  readonly isLoopback: boolean;
}

/**
 * Whether a page may open a WebSocket here (RFC 6455 §10.2). With a list, only what is in it; without,
 * pages of the host that was asked, and on a loopback listener pages of any loopback host.
 */
export function isOriginAllowed(check: OriginCheck): boolean {
  const { origin, host, allowedOrigins, isLoopback } = check;
  if (origin === undefined) return true;
  if (allowedOrigins.length > 0) return allowedOrigins.includes(origin);
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.origin !== origin) return false;
  return url.host === host?.toLowerCase() || (isLoopback && isLoopbackHost(url.hostname));
}

/** Whether a host name or address means this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  );
}
