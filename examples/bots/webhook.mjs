import { connectToNats } from './connect.mjs';

// Posts what is said in a room to a URL:  node webhook.mjs ROOM https://hook.example/chat
const [room, url] = process.argv.slice(2);
const WAITING_MAX = 1000;

const nc = await connectToNats('webhook bridge');
process.once('SIGTERM', () => void nc.drain());
const events = nc.subscribe(`chat.room.${room}`);
await nc.flush();
console.log(`posting what is said in room ${room}`);

for await (const message of events) {
  const event = message.json();
  if (event.type !== 'message.posted' && event.type !== 'notice.posted') continue;
  if (events.getPending() > WAITING_MAX) {
    // A hook that is slower than the room: better a hole that is said than memory without end.
    console.error(`left out ${event.id}: more than ${WAITING_MAX} wait`);
    continue;
  }
  await post(event, message.headers.get('Nats-Sequence'));
}

async function post(event, seq) {
  const body = JSON.stringify({ room, seq: Number(seq), name: event.from.name, text: event.text });
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        // Posted twice, when an answer was lost, it has the same key.
        headers: { 'content-type': 'application/json', 'idempotency-key': `chat-${seq}` },
        body,
        signal: AbortSignal.timeout(5000),
      });
      if (response.ok) return;
      console.error(`the hook answered ${response.status}`);
      // A hook that does not want it will not want it the next time.
      if (response.status < 500 && response.status !== 429) return;
    } catch (error) {
      console.error(`the hook cannot be reached: ${error.message}`);
    }
    await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
  }
}
