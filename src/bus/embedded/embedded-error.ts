/** The embedded nats-server cannot be had, started or kept. The message is for the operator. */
export class EmbeddedError extends Error {
  override name = 'EmbeddedError';
}
