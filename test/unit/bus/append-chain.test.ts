import { describe, expect, it } from 'vitest';
import { AppendChain, type Link } from '../../../src/bus/append-chain.ts';
import { seededRandom } from '../../support/random.ts';

let now = 0;
const chain = () => new AppendChain(() => now);

/** A chain that knows where the log ends: the next append will be at 11. */
function begun(): AppendChain {
  const made = chain();
  made.settle(made.send('first'), 10);
  return made;
}

describe('a chain of appends', () => {
  it('foresees nothing before the first answer', () => {
    const made = chain();
    expect(made.isWhole).toBe(false);
    expect(made.send('a')).toMatchObject({ after: null, seq: null });
    expect(made.send('b')).toMatchObject({ after: 'a', seq: null });
  });

  it('foresees where each will be, and has each wait for the one before it', () => {
    const made = begun();
    const links = ['a', 'b', 'c'].map((id) => made.send(id));
    expect(links.map(({ after, seq }) => [after, seq])).toEqual([
      [null, 11],
      ['a', 12],
      ['b', 13],
    ]);
    for (const link of links) made.settle(link, link.seq);
    expect(made.isWhole).toBe(true);
    expect(made.send('d')).toMatchObject({ after: null, seq: 14 });
  });

  it.each([
    ['behind somebody else', 13],
    ['nowhere', null],
  ])('is broken by one that is stored %s, until all before are settled', (_where, seq) => {
    const made = begun();
    const [one, two, three] = [made.send('a'), made.send('b'), made.send('c')];
    made.settle(one, seq);
    expect(made.isWhole).toBe(false);
    const four = made.send('d');
    expect(four).toMatchObject({ after: null, seq: null });
    made.settle(two, null);
    made.settle(three, null);
    now += 5000;
    expect(made.isWhole).toBe(false);
    // What is stored after the break tells the place again.
    made.settle(four, 15);
    expect(made.isWhole).toBe(true);
    expect(made.send('e')).toMatchObject({ seq: 16 });
  });

  it('lets nothing rest on what others may have stored, nor on what was sent before it', () => {
    const made = begun();
    const [one, anybodys] = [made.send('a'), made.send(null)];
    expect(made.isWhole).toBe(false);
    expect(made.send('b')).toMatchObject({ after: null });
    made.settle(one, one.seq);
    expect(made.isWhole).toBe(false);
    made.settle(anybodys, anybodys.seq);
    expect(made.isWhole).toBe(true);
    made.settle(made.send(null), null);
    expect(made.isWhole).toBe(false);
  });

  it('pauses longer and longer while somebody else goes on writing, and not for ever', () => {
    const made = begun();
    let [seq, pauses] = [10, 0];
    for (let breaks = 0; breaks < 12; breaks += 1) {
      seq += 2;
      made.settle(made.send('a'), seq);
      for (; !made.isWhole; now += 1) pauses += 1;
    }
    expect(pauses).toBeGreaterThan(3000);
    now += 100_000;
    seq += 2;
    made.settle(made.send('a'), seq);
    now += 5;
    expect(made.isWhole).toBe(true);
  });
});

/** A log as nats-server keeps it: ids are stored once, and both expectations are checked. */
class Log {
  readonly ids: string[] = [];

  offer(id: string, after: string | null, last: number, of: string): number | null {
    if (this.ids.includes(id)) return null;
    if (after !== null && this.ids.at(-1) !== after) return null;
    if (this.lastOf(of) !== last) return null;
    return this.ids.push(id);
  }

  lastOf(room: string): number {
    return this.ids.findLastIndex((id) => id.startsWith(room)) + 1;
  }
}

interface Sent {
  readonly link: Link;
  readonly id: string;
  readonly room: string;
  /** The sequence that the room must be at. */
  readonly last: number;
}

/** A writer as a room is: one append at a time, or several that rest on each other. */
class Writer {
  readonly log = new Log();
  /** What was sent ahead, and what it rests on. */
  readonly restsOn = new Map<string, string>();
  readonly #chain = chain();
  readonly #onTheWay: Sent[] = [];
  #count = 0;

  write(room: string): void {
    const before = this.#onTheWay.findLast((sent) => sent.room === room);
    if (before !== undefined && !this.#chain.isWhole) return;
    const id = `${room} ${this.#count}`;
    this.#count += 1;
    const link = this.#chain.send(id);
    if (before !== undefined) this.restsOn.set(id, before.id);
    const last = before === undefined ? this.log.lastOf(room) : (before.link.seq ?? -1);
    this.#onTheWay.push({ link, id, room, last });
  }

  arrive(): void {
    const sent = this.#onTheWay.shift();
    if (sent === undefined) return;
    const { link, id, room, last } = sent;
    this.#chain.settle(link, this.log.offer(id, link.after, last, room));
  }
}

describe('whatever others write in between', () => {
  it('nothing is stored without what it rests on', () => {
    let ahead = 0;
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const writer = new Writer();
      const foreigners = random() / 5;
      for (let step = 0; step < 400; step += 1) {
        now += 1;
        const room = random() < 0.5 ? 'x' : 'y';
        if (random() < foreigners) writer.log.ids.push(`${random() < 0.5 ? room : 'z'} f${step}`);
        else if (random() < 0.5) writer.arrive();
        else writer.write(room);
      }
      for (const [id, before] of writer.restsOn) {
        const at = writer.log.ids.indexOf(id);
        if (at === -1) continue;
        const [room = ''] = id;
        expect(writer.log.ids.slice(0, at).findLast((other) => other.startsWith(room))).toBe(
          before,
        );
        ahead += 1;
      }
    }
    expect(ahead).toBeGreaterThan(3000);
  });
});
