import { Crowd } from './crowd.ts';
import { Member } from './member.ts';
import type { Answer, Order, Results } from './orders.ts';
import { WIRES } from './wires.ts';

// The process that makes the load: it does what its parent orders, one order after the other.
const KEEP_ALIVE_MS = 20_000;
// In parts: ten thousand at once would be a burst of the load's own making.
const KEEP_ALIVE_PARTS = 200;
const members: Member[] = [];
let crowd = new Crowd([]);

process.on('message', (order: Order) => {
  run(order).then(
    (result) => answer({ ok: true, result }),
    (error: unknown) => answer({ ok: false, reason: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => answer({ ok: false, reason: String(error) }));
let part = 0;
setInterval(() => {
  part = (part + 1) % KEEP_ALIVE_PARTS;
  for (let at = part; at < members.length; at += KEEP_ALIVE_PARTS) members[at]?.keepAlive();
}, KEEP_ALIVE_MS / KEEP_ALIVE_PARTS).unref();

async function run(order: Order): Promise<Results[keyof Results]> {
  switch (order.do) {
    case 'join':
      return join(order);
    case 'flood':
      return crowd.flood(order.window, order.seconds, order.text);
    case 'pace':
      return crowd.pace(order.perSecond, order.seconds);
    case 'stall':
      return stall(order);
  }
}

async function join(order: Extract<Order, { do: 'join' }>): Promise<Results['join']> {
  const wire = WIRES[order.wire];
  const places = order.rooms.flatMap((room) => Array.from({ length: order.perRoom }, () => room));
  const joined: { room: string; member: Member }[] = [];
  const loginSeconds = await timed(places, order.atOnce.logIn, async (room, index) => {
    const who = { name: order.names[index % order.names.length] ?? '', room };
    joined.push({ room, member: await Member.logIn(order.port, wire, who) });
  });
  const enterSeconds = await timed(joined, order.atOnce.enter, ({ member }) => member.enter());
  members.push(...joined.map(({ member }) => member));
  crowd = new Crowd(
    order.rooms.map((room) =>
      joined.filter((one) => one.room === room).map(({ member }) => member),
    ),
  );
  return { loginSeconds, enterSeconds };
}

async function timed<T>(
  all: readonly T[],
  atOnce: number,
  work: (one: T, index: number) => Promise<void>,
): Promise<number> {
  const start = performance.now();
  const entries = all.entries();
  const oneByOne = async () => {
    for (const [index, one] of entries) await work(one, index);
  };
  await Promise.all(Array.from({ length: atOnce }, oneByOne));
  return (performance.now() - start) / 1000;
}

async function stall(order: Extract<Order, { do: 'stall' }>): Promise<Results['stall']> {
  const [stalled, ...others] = members;
  if (stalled === undefined) throw new Error('nobody is there to stall');
  stalled.socket.pause();
  const result = await new Crowd([others]).flood(order.window, order.seconds, 'long');
  return { ...result, cut: await stalled.wasCut() };
}

function answer(message: Answer): void {
  process.send?.(message);
}
