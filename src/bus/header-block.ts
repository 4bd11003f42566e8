import type { Msg } from 'nats';

/**
 * The headers of a message as text: a line for each, each after a line break; empty when it has none.
 * The client library makes an object of them all, which takes several times as long as to read an event.
 */
export function headerBlock(message: Msg): string {
  const { data, subject, reply } = message;
  const length = sizeOf(message) - subject.length - (reply?.length ?? 0) - data.byteLength;
  if (length === 0) return '';
  // They stand before the payload, in the same buffer. Should that change, they are read as it is meant.
  const start = data.byteOffset - length;
  if (length > 0 && start >= 0) {
    const block = Buffer.from(data.buffer, start, length).toString('utf8');
    if (block.startsWith('NATS/1.0') && block.endsWith('\r\n\r\n')) return block;
  }
  const lines: string[] = [];
  for (const [name, values] of message.headers ?? []) {
    for (const value of values) lines.push(`\r\n${name}: ${value}`);
  }
  return `${lines.join('')}\r\n`;
}

// All of it: subject, reply, headers and payload. The client library does not say that it knows.
function sizeOf(message: Msg): number {
  return 'size' in message && typeof message.size === 'function' ? Number(message.size()) : 0;
}

/** The first value of a header in such a block, by its exact name. */
export function headerIn(block: string, name: string): string | undefined {
  const line = block.indexOf(`\r\n${name}:`);
  if (line < 0) return undefined;
  const start = line + name.length + 3;
  return block.slice(start, block.indexOf('\r\n', start)).trim();
}
