/**
 * The bytes that several connections are given, made once. Whoever asks for the list of frames that was
 * asked for last gets the same buffer: the members of a room have the same list in most turns.
 *
 * It keeps the last list and its bytes. Nobody may change a buffer that went in or came out.
 */
export class JoinedFrames {
  readonly #make: (frames: readonly Buffer[]) => Buffer;
  #frames: readonly Buffer[] = [];
  #bytes: Buffer = Buffer.alloc(0);

  constructor(make: (frames: readonly Buffer[]) => Buffer) {
    this.#make = make;
  }

  of(frames: readonly Buffer[]): Buffer {
    if (!isSame(frames, this.#frames)) {
      this.#bytes = this.#make(frames);
      this.#frames = frames;
    }
    return this.#bytes;
  }
}

/** The frames one after the other. A single one is not copied. */
export function concatenated(frames: readonly Buffer[]): Buffer {
  const [first, ...others] = frames;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(frames);
}

/** Each frame as a WebSocket text message of its own (RFC 6455 §5.2), not fragmented, not masked. */
export function textMessages(frames: readonly Buffer[]): Buffer {
  return messages(TEXT, frames);
}

/** All frames in one WebSocket binary message. */
export function binaryMessage(frames: readonly Buffer[]): Buffer {
  return messages(BINARY, [concatenated(frames)]);
}

function messages(opcode: number, payloads: readonly Buffer[]): Buffer {
  let length = 0;
  for (const payload of payloads) length += headLength(payload.length) + payload.length;
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const payload of payloads) {
    at = writeHead(bytes, at, opcode, payload.length);
    at += payload.copy(bytes, at);
  }
  return bytes;
}

function headLength(length: number): number {
  if (length < LENGTH_16) return 2;
  return length <= MAX_16 ? 4 : 10;
}

function writeHead(bytes: Buffer, start: number, opcode: number, length: number): number {
  bytes[start] = FINAL | opcode;
  if (length < LENGTH_16) {
    bytes[start + 1] = length;
    return start + 2;
  }
  if (length <= MAX_16) {
    bytes[start + 1] = LENGTH_16;
    return bytes.writeUInt16BE(length, start + 2);
  }
  bytes[start + 1] = LENGTH_64;
  return bytes.writeBigUInt64BE(BigInt(length), start + 2);
}

function isSame(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}

const FINAL = 0x80;
const TEXT = 1;
const BINARY = 2;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_16 = 0xffff;
