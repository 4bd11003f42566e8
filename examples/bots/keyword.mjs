import { connectToNats } from './connect.mjs';

// Answers whoever says a word in a room:  BOT_KEY=bot-31-... node keyword.mjs ROOM WORD ANSWER
const [room, word, answer] = process.argv.slice(2);
const key = process.env.BOT_KEY ?? '';
const self = key.split('-')[1];

const nc = await connectToNats('keyword bot');
process.once('SIGTERM', () => void nc.drain());
const events = nc.subscribe(`chat.room.${room}`);
await nc.flush();
console.log(`listening in room ${room}`);

for await (const message of events) {
  const event = message.json();
  // Its own lines come back like everybody's. Answering those, two such bots would never end.
  if (event.type !== 'message.posted' || event.from.id === self) continue;
  if (!event.text.toLowerCase().includes(word.toLowerCase())) continue;
  // The id is made of what is answered: asked again, or by a second process, it is said once.
  const id = `re-${message.headers.get('Nats-Sequence')}`;
  await say(id, answer.replaceAll('{name}', event.from.name));
}

async function say(id, text) {
  const command = JSON.stringify({ key, id, type: 'say', text });
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const reply = await nc
      .request(`chatcmd.room.${room}`, command, { timeout: 6000 })
      .then((answered) => answered.json())
      .catch(() => ({ ok: false, code: 'TRY_AGAIN' }));
    if (reply.ok) return;
    console.error(`not said: ${reply.code}`);
    if (reply.code !== 'TRY_AGAIN' && reply.code !== 'RATE_LIMITED') return;
    await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
  }
}
