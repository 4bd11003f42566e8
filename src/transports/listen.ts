import { type AddressInfo, isIP, type Server } from 'node:net';

/** An address cannot be listened on. The message, for the operator, names it and the key. */
export class ListenError extends Error {
  override name = 'ListenError';
}

/**
 * Has a server listen; resolves with its port. `port` 0 is any free one. Rejects with
 * `ListenError` when it cannot be had.
 */
export function listenOn(server: Server, host: string, port: number, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => {
      const shown = isIP(host) === 6 ? `[${host}]` : host;
      const why = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be had (${cause.code})`;
      reject(new ListenError(`${shown}:${port} (${key}) ${why}`, { cause }));
    };
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      server.on('error', () => undefined);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
