import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Codec } from '../../src/codecs/codec.ts';
import { createJsonCodec } from '../../src/codecs/json/codec.ts';
import { Hubs } from '../../src/relay/hubs.ts';
import type { Listener } from '../../src/relay/room-hub.ts';
import { ANN, eventually, posted, TestLog } from '../support/log.ts';
import { OPTIONS } from '../unit/codecs/samples.ts';

let log: TestLog;
let hubs: Hubs;
let say: (n: number) => Promise<void>;

beforeEach(async () => {
  log = await TestLog.start();
  const { bus, reader } = await log.open();
  const { writer } = await log.open();
  const nothing = () => undefined;
  hubs = new Hubs({
    ...{ bus, reader, heldEventsMax: 100, clock: () => performance.now() },
    storm: { events: Number.POSITIVE_INFINITY, windowMs: 1 },
    ...{ onHealed: nothing, onForeign: nothing, onReset: nothing, onMissing: nothing },
    ...{ onDelivered: nothing, onTold: nothing, onUnsaid: nothing, onSummed: nothing },
  });
  say = async (n) => {
    const payload = JSON.stringify(posted('1', n, `text ${n}`));
    const id = { messageId: `1:${n}`, expectedLast: n - 1, hash: null };
    const deadline = performance.now() + 10_000;
    await writer.append({ subject: 'chatlog.room.1', payload, ...id, deadline });
  };
});

afterEach(async () => {
  hubs.stop();
  await log.stop();
});

class Ear implements Listener {
  readonly actor = ANN;
  readonly codec: Codec = createJsonCodec(OPTIONS);
  readonly heard: number[] = [];

  push(frames: readonly Buffer[]): void {
    this.heard.push(...frames.map((frame) => JSON.parse(frame.toString()).seq));
  }

  skips(): boolean {
    return false;
  }

  onRemoved(): void {
    throw new Error('nobody is to be put out');
  }
}

async function enter(ear: Ear, seq: number): Promise<void> {
  await hubs.begin('1', ear, seq);
  hubs.admit('1', ear, seq);
}

describe('a session that enters a room', () => {
  it('hears what others who entered with it had the room begin after', async () => {
    const [first, second] = [new Ear(), new Ear()];
    for (const n of [1, 2, 3, 4]) await say(n);
    hubs.expect('1', first);
    hubs.expect('1', second);
    // The answer to the second one is the later one, and is there first.
    await enter(second, 4);
    await enter(first, 1);
    await say(5);
    await eventually(
      'both have heard it',
      () => first.heard.includes(5) && second.heard.includes(5),
    );
    expect(first.heard).toEqual([2, 3, 4, 5]);
    expect(second.heard).toEqual([5]);
  });

  it('hears what came before it asked, when it is told an earlier state', async () => {
    const [resident, entrant] = [new Ear(), new Ear()];
    hubs.expect('1', resident);
    await enter(resident, 0);
    for (const n of [1, 2, 3]) await say(n);
    await eventually('the resident has heard it', () => resident.heard.length === 3);
    hubs.expect('1', entrant);
    await enter(entrant, 1);
    await say(4);
    await eventually('the entrant has heard it', () => entrant.heard.includes(4));
    expect(entrant.heard).toEqual([2, 3, 4]);
  });
});
