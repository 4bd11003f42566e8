import fc from 'fast-check';
import { headers, type Msg } from 'nats';
import { expect, it } from 'vitest';
import { headerBlock, headerIn } from '../../../src/bus/header-block.ts';

const NAMES = ['Nats-Msg-Id', 'Nats-Msg', 'nats-msg-id', 'X', 'X-Y'];
const VALUE = fc.oneof(
  fc.constantFrom('', ' ', '1', 'X: 1', 'Nats-Msg-Id:7', 'é', ':'),
  fc.string().filter((value) => !/[\r\n]/.test(value)),
);

it.each([
  ['before the payload', (block: Buffer) => Buffer.concat([Buffer.from('before'), block])],
  ['elsewhere', (block: Buffer) => Buffer.alloc(block.length + 6)],
])('reads headers that are %s as the client library does', (_where, placed) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...NAMES), VALUE)), VALUE, (lines, payload) => {
      const written = headers();
      for (const [name, value] of lines) written.append(name, value);
      const text = lines.map(([name, value]) => `\r\n${name}: ${value}`).join('');
      const block = Buffer.from(lines.length === 0 ? '' : `NATS/1.0${text}\r\n\r\n`);
      const bytes = Buffer.concat([placed(block), Buffer.from(payload)]);
      const message = {
        subject: 'chatlog.room.1',
        reply: '_INBOX.1',
        data: bytes.subarray(block.length + 6),
        headers: lines.length === 0 ? undefined : written,
        size: () => 'chatlog.room.1_INBOX.1'.length + bytes.length - 6,
      };
      const read = headerBlock(message as unknown as Msg);
      for (const name of NAMES) {
        expect(headerIn(read, name)).toBe(written.has(name) ? written.get(name) : undefined);
      }
    }),
  );
});
