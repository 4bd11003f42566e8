import { existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { connectToNats } from './connect.mjs';

// Writes every event of the rooms to a file, each once, also those of the time when it did not run:
//   npx xmlsocket-relay consumers add logger     (once)
//   node logger.mjs chat.jsonl logger
// NATS_API_PREFIX: JS.CHAT.API under the permissions of `nats-config`
const [file = 'chat.jsonl', consumer = 'logger'] = process.argv.slice(2);
const last = lastOfEachRoom();
const out = openSync(file, 'a');

const nc = await connectToNats('logger');
const js = nc.jetstream({ apiPrefix: process.env.NATS_API_PREFIX ?? '$JS.API' });
const messages = await (await js.consumers.get('CHATLOG', consumer)).consume({ max_messages: 1 });
process.once('SIGTERM', () => messages.stop());
console.log(`writing to ${file}`);

for await (const message of messages) {
  write(message);
  // Only what is on disk is acknowledged; what is not is given again.
  await message.ackAck();
}
await nc.close();

function write(message) {
  const event = message.json();
  const seq = message.seq;
  const prev = Number(message.headers.get('Nats-Expected-Last-Subject-Sequence'));
  const known = last.get(event.room);
  // Written before, and the acknowledgement was lost: this is what makes it once.
  if (known !== undefined && seq <= known) return;
  // Each event of a room names the one before it.
  if (known !== undefined && prev !== known) {
    throw new Error(`room ${event.room}: something between ${known} and ${seq} is missing`);
  }
  writeSync(out, `${JSON.stringify({ seq, prev, ...event })}\n`);
  fsyncSync(out);
  last.set(event.room, seq);
}

function lastOfEachRoom() {
  const found = new Map();
  if (!existsSync(file)) return found;
  const bytes = readFileSync(file);
  // A line that was cut off by a crash was not acknowledged.
  truncateSync(file, bytes.lastIndexOf('\n') + 1);
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { room, seq } = JSON.parse(line);
    found.set(room, seq);
  }
  return found;
}
