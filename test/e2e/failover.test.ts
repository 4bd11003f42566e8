import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RECENT_MAX } from '../../src/core/room-state.ts';
import { eventually } from '../support/log.ts';
import { metricOf } from '../support/metric.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';
import { makeRooms } from '../support/rooms.ts';
import { type Program, startProgram } from '../support/system.ts';
import { Talk } from '../support/talk.ts';
import { storedIn } from '../support/talker.ts';
import { connectWeb } from '../support/web-client.ts';
import { Witness } from '../support/witness.ts';

// So many that every core has some; there is talk in the first of them.
const ALL_ROOMS = Array.from({ length: 40 }, (_, index) => `r${index}`);
const ROOMS = ALL_ROOMS.slice(0, 8);
const HEAL_WITHIN_MS = 60_000;

let nats: TestNatsServer;
let relay: Program;
let cores: Program[];
let talks: Talk[];

const port = () => Number(relay.ready['port']);

async function startCores(count: number, more: Record<string, string> = {}): Promise<void> {
  const env = { RELAY_NATS_URL: nats.url, RELAY_ADMIN_PORT: '0', RELAY_DEMO: '1', ...more };
  const start = () => startProgram(['core'], env);
  // The first makes the stream and the sample accounts.
  cores.push(await start());
  await Promise.all(Array.from({ length: count - 1 }, async () => cores.push(await start())));
  await eventually(
    'all cores to know each other',
    async () => {
      const known = await Promise.all(cores.map((core) => metricOf(core, 'core_cores')));
      return known.every((number) => number === count);
    },
    30_000,
  );
}

beforeEach(async () => {
  nats = await startNatsServer();
  cores = [];
  talks = [];
});

afterEach(async () => {
  for (const talk of talks) talk.close();
  for (const core of cores) core.kill('SIGCONT');
  await Promise.all([relay, ...cores].map((program) => program.stop()));
  await nats.stop();
});

async function startRelay(): Promise<void> {
  const env = { RELAY_NATS_URL: nats.url, RELAY_ADMIN_PORT: '0', RELAY_PORT: '0' };
  relay = await startProgram(['relay'], { ...env, RELAY_RATE_LIMITS: 'off' });
}

/** Somebody talks in every room, and somebody else hears all of it. */
async function talkEverywhere(): Promise<Witness> {
  await makeRooms(nats.url, ALL_ROOMS);
  const witness = await Witness.enter(port(), 'mod', ROOMS);
  talks = ROOMS.map((room) => new Talk(port(), room, HEAL_WITHIN_MS));
  const began = performance.now();
  await everybodyWentOn(began);
  witness.forget();
  return witness;
}

const everybodyWentOn = (since: number, withinMs = 60_000) =>
  eventually('talk in every room', () => talks.every((talk) => talk.wentOnAfter(since)), withinMs);

async function expectNothingLostOrDoubled(witness: Witness): Promise<void> {
  await Promise.all(talks.map((talk) => talk.end()));
  for (const talk of talks) {
    expect(await storedIn(witness.client, talk.room, talk.said), talk.room).toEqual(talk.said);
    expect(witness.breaksIn(talk.room), talk.room).toEqual([]);
    const heard = witness.heardIn(talk.room).map(({ seq }) => seq);
    const said = talk.said.map(({ seq }) => seq).filter((seq) => seq >= (heard[0] ?? 0));
    await eventually('the witness', () => witness.heardIn(talk.room).at(-1)?.seq === said.at(-1));
    expect(
      witness.heardIn(talk.room).map(({ seq }) => seq),
      talk.room,
    ).toEqual(said);
  }
}

describe('a chat-core that is paused', () => {
  it('is replaced while it sleeps, and does no harm when it wakes', {
    timeout: 180_000,
  }, async () => {
    // So short that ids alone do not keep what the sleeper finds waiting from being stored again.
    await startCores(2, { RELAY_BUS_DUPLICATE_WINDOW_MS: '1000' });
    await startRelay();
    const witness = await talkEverywhere();
    const [sleeper, other] = cores;
    if (sleeper === undefined || other === undefined) throw new Error('there are two');
    const share = await metricOf(sleeper, 'core_rooms');
    expect(share).toBeGreaterThan(0);

    sleeper.kill('SIGSTOP');
    const stopped = performance.now();
    await everybodyWentOn(stopped + 1000);
    // More than a room remembers of what it was asked.
    const counts = talks.map((talk) => talk.acknowledged.length);
    await eventually(
      'much more talk',
      () =>
        talks.every((talk, index) => talk.acknowledged.length > (counts[index] ?? 0) + RECENT_MAX),
      60_000,
    );
    expect(await metricOf(other, 'core_rooms')).toBeGreaterThanOrEqual(ALL_ROOMS.length);
    sleeper.kill('SIGCONT');
    const woken = performance.now();
    // It takes its share back and serves it.
    await eventually(
      'its share',
      async () => {
        const known = await Promise.all(cores.map((core) => metricOf(core, 'core_cores')));
        return known.every((number) => number === 2);
      },
      30_000,
    );
    const before = await metricOf(sleeper, 'core_commands_total');
    await eventually(
      'its answers',
      async () => {
        return (await metricOf(sleeper, 'core_commands_total')) > before + 50;
      },
      30_000,
    );
    await everybodyWentOn(woken + 1000);

    await expectNothingLostOrDoubled(witness);
    for (const room of ROOMS) expect(witness.movesIn(room)).toEqual([]);
    expect(await metricOf(sleeper, 'core_pauses_total')).toBe(1);
    // What waited for it was neither stored again nor answered.
    expect(await metricOf(sleeper, 'core_stale_commands_total')).toBeGreaterThan(0);
    expect(await metricOf(sleeper, 'core_problems_total')).toBe(0);
    witness.close();
  });

  it('alone is waited for, and nobody leaves or enters because of it', {
    timeout: 120_000,
  }, async () => {
    await startCores(1);
    await startRelay();
    const witness = await talkEverywhere();
    const asker = await connectWeb(port());
    await asker.request({ type: 'login', user: 'enobrev', password: 'mypassword' });
    const [sleeper] = cores;
    sleeper?.kill('SIGSTOP');
    const stopped = performance.now();
    const answer = await asker.request({ type: 'say', room: 'r0', text: 'is anybody there?' });
    const waited = performance.now() - stopped;
    expect(answer).toMatchObject({ type: 'error', code: 'TRY_AGAIN' });
    expect(waited).toBeLessThan(7000);
    await pause(Math.max(0, 6000 - waited));
    sleeper?.kill('SIGCONT');
    await everybodyWentOn(performance.now());
    await expectNothingLostOrDoubled(witness);
    for (const room of ROOMS) expect(witness.movesIn(room)).toEqual([]);
    asker.close();
    witness.close();
  });
});

describe('one of three chat-cores', () => {
  it('that is killed has its rooms served by the others within five seconds', {
    timeout: 180_000,
  }, async () => {
    await startCores(3);
    await startRelay();
    const witness = await talkEverywhere();
    const shares = await Promise.all(cores.map((core) => metricOf(core, 'core_rooms')));
    expect(shares.every((share) => share > 0)).toBe(true);
    const [victim, ...others] = cores;
    victim?.kill('SIGKILL');
    const killed = performance.now();
    await everybodyWentOn(killed + 1000);
    const silences = talks.map((talk) => Math.round(talk.silenceAfter(killed + 50) ?? 0));
    expect(Math.max(...silences), JSON.stringify(silences)).toBeLessThan(5000);

    await expectNothingLostOrDoubled(witness);
    for (const room of ROOMS) expect(witness.movesIn(room)).toEqual([]);
    // The silent rooms follow those in which somebody asks for something.
    const sum = (parts: readonly number[]) => parts.reduce((one, other) => one + other, 0);
    const served = async () =>
      sum(await Promise.all(others.map((core) => metricOf(core, 'core_rooms'))));
    const all = sum(shares);
    await eventually('every room to be served', async () => (await served()) === all, 5000);
    cores = others;
    witness.close();
  });
});
