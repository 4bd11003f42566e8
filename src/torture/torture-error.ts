/** The torture could not be done; the message says why. */
export class TortureError extends Error {
  override name = 'TortureError';
}
