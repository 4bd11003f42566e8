import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/log.ts';
import { startNatsServer, type TestNatsServer } from '../support/nats-server.ts';
import { LegacyReader, WebReader } from '../support/readers.ts';
import { type Program, startProgram } from '../support/system.ts';
import { Talk } from '../support/talk.ts';
import { storedIn } from '../support/talker.ts';
import { connectWeb } from '../support/web-client.ts';

const HEAL_WITHIN_MS = 60_000;
const END_WITHIN_MS = 20_000;
const ROOM = '1';

let nats: TestNatsServer;
let cores: Program[];
let relays: Program[];
let ports: number[];

const env = () => ({ RELAY_NATS_URL: nats.url, RELAY_ADMIN_PORT: '0' });
const startCore = () => startProgram(['core'], { ...env(), RELAY_DEMO: '1' });
const startRelay = (port: number) =>
  startProgram(['relay'], {
    ...env(),
    RELAY_PORT: String(port),
    RELAY_RATE_LIMITS: 'off',
    RELAY_LIMITS_CATCH_UP_MAX: '1000',
  });

beforeAll(async () => {
  nats = await startNatsServer();
  cores = [await startCore()];
  cores.push(await startCore());
  relays = await Promise.all([startRelay(0), startRelay(0)]);
  ports = relays.map(({ ready }) => Number(ready['port']));
});

afterAll(async () => {
  await Promise.all([...relays, ...cores].map((program) => program.stop()));
  await nats.stop();
});

/** Takes one relay after the other, beginning with that one. */
function inTurn(first: number): () => number {
  let next = first;
  return () => {
    next += 1;
    return ports[next % 2] ?? 0;
  };
}

async function restart(program: Program, start: () => Promise<Program>): Promise<Program> {
  program.kill('SIGTERM');
  const late = pause(END_WITHIN_MS, 'late', { ref: false });
  expect(await Promise.race([program.ended, late]), program.output()).toBe(0);
  return start();
}

it('of every process under load loses and doubles nothing, on both wires', {
  timeout: 300_000,
}, async () => {
  const web = await WebReader.enter({ port: inTurn(0), user: 'mod', room: ROOM });
  const old = { user: 'ann', password: 'ann', room: ROOM };
  const xml = await LegacyReader.enter({ ...old, port: inTurn(0) });
  const talks = [0, 1].map((relay) => new Talk(inTurn(relay), ROOM, HEAL_WITHIN_MS, `${relay}`));
  const talkGoesOn = async (what: string) => {
    const now = performance.now();
    const wentOn = () => talks.every((talk) => talk.wentOnAfter(now));
    await eventually(`talk after ${what}`, wentOn, HEAL_WITHIN_MS);
  };
  await talkGoesOn('the start');
  for (const index of [0, 1]) {
    const [relay, core, port] = [relays[index], cores[index], ports[index] ?? 0];
    if (relay === undefined || core === undefined) throw new Error('there are two of each');
    relays[index] = await restart(relay, () => startRelay(port));
    await talkGoesOn(`relay ${index}`);
    cores[index] = await restart(core, startCore);
    await talkGoesOn(`core ${index}`);
    await eventually(
      'both readers to be back',
      () => {
        const [newest] = talks.map((talk) => talk.said.at(-1));
        const hasIt = web.events.some(({ id }) => id === newest?.id);
        return hasIt && xml.texts.includes(newest?.id ?? '');
      },
      HEAL_WITHIN_MS,
    );
  }
  await Promise.all(talks.map((talk) => talk.end()));

  const said = talks.flatMap((talk) => talk.said).sort((one, other) => one.seq - other.seq);
  const ids = said.map(({ id }) => id);
  expect(said.length).toBeGreaterThan(50);
  const reader = await connectWeb(ports[0] ?? 0);
  await reader.request({ type: 'login', user: 'mod', password: 'mod' });
  await reader.request({ type: 'join', room: ROOM });
  expect(await storedIn(reader, ROOM, said)).toEqual(said);
  reader.close();

  await eventually('the web reader', () => web.events.at(-1)?.id === ids.at(-1), HEAL_WITHIN_MS);
  const breaks = web.events.filter(({ prev }, index) => {
    return index > 0 && prev !== web.events[index - 1]?.seq;
  });
  expect(breaks).toEqual([]);
  expect(web.recovered.length).toBeGreaterThan(0);
  expect(web.recovered).not.toContain(false);
  expect(web.events.map(({ id }) => id).filter((id) => ids.includes(id))).toEqual(ids);

  await eventually('the XML reader', () => xml.texts.at(-1) === ids.at(-1), HEAL_WITHIN_MS);
  expect(xml.texts.filter((text) => ids.includes(text))).toEqual(ids);
  for (const each of [web, xml, ...talks]) each.close();
});
