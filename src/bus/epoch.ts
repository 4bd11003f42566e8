/**
 * An epoch is the time that one writer has one connection. The ids of what it stores say which one it
 * was: so no two writers, and no writer after it lost its connection, ever store the same id
 * (ADR 0012).
 */
const STAMPED = /^([A-Za-z0-9_-]{1,64})~/;

/** The epoch of ids that have none: what was stored so is told apart by its message id alone. */
export const NO_EPOCH = '';

/** The id under which the log keeps a message. `epoch` is 1-64 of `A-Z a-z 0-9 _ -`, or `NO_EPOCH`. */
export function stampedId(epoch: string, messageId: string): string {
  return epoch === NO_EPOCH ? messageId : `${epoch}~${messageId}`;
}

/** What an id of the log says: by which epoch it was stored, and the message id. */
export function readStampedId(id: string): { readonly epoch: string; readonly messageId: string } {
  const epoch = STAMPED.exec(id)?.[1];
  if (epoch === undefined) return { epoch: NO_EPOCH, messageId: id };
  return { epoch, messageId: id.slice(epoch.length + 1) };
}
