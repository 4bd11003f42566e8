import type { Socket } from 'node:net';

// A closure for each socket is kept as long as the socket, with everything around the place where it
// was made. These are shared by all.

/** For an error that tells nothing: the close that follows is what counts. */
export function ignore(): void {}

/** A listener to `close` of any number of sockets. */
export function onClosed(listener: (socket: Socket) => void): () => void {
  return function onClose(this: unknown) {
    listener(this as Socket);
  };
}
