/**
 * - `TIMEOUT`, `NO_RESPONDERS`, `DISCONNECTED`: nobody answered; asking again may help.
 * - `TOO_MANY`: the limit of waiting requests is reached.
 * - `FENCED`: the log is further than the writer thought; it must catch up and decide again.
 * - `STORE`: the log refused for a reason of its own, which `message` names.
 * - `SETUP`: the stream is not as it must be.
 */
export type BusErrorKind =
  | 'TIMEOUT'
  | 'NO_RESPONDERS'
  | 'DISCONNECTED'
  | 'TOO_MANY'
  | 'FENCED'
  | 'STORE'
  | 'SETUP';

export class BusError extends Error {
  override name = 'BusError';
  readonly kind: BusErrorKind;

  constructor(kind: BusErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  /** Whether the same request may succeed a little later. */
  get passing(): boolean {
    return this.kind === 'TIMEOUT' || this.kind === 'NO_RESPONDERS' || this.kind === 'DISCONNECTED';
  }
}
