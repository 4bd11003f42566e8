import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLegacy } from '../support/legacy-client.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { connectWeb, type WebClient, type WebMessage } from '../support/web-client.ts';

const [PEOPLE, TOLD] = [40, 5];

let up: RunningUp;

beforeAll(async () => {
  up = await startUp({
    RELAY_LOG_LEVEL: 'warn',
    RELAY_XML_STORM_EVENTS: String(TOLD),
    RELAY_XML_STORM_WINDOW_MS: '5000',
  });
});

afterAll(() => up.close());

describe('many who enter a room at once', () => {
  it('are one line for an old client, and every event for a web client', async () => {
    const people = await Promise.all(Array.from({ length: PEOPLE }, guest));
    const flash = await connectLegacy(up.port);
    flash.send('<login u="enobrev" p="mypassword" />');
    await flash.until('<rooms');
    const web = await connectWeb(up.port);
    await web.request({ type: 'login', user: 'ann', password: 'ann' });
    const { seq } = await web.request({ type: 'join', room: '1' });
    flash.send('<room id="1" />');
    expect(await flash.next()).toContain('<users room_id="1">');
    expect(await flash.next()).toBe('<msg from_id="0">*enobrev has entered</msg>');

    await Promise.all(people.map((person) => person.request({ type: 'join', room: '1' })));

    const [users, lines] = [new Set<string>(), [] as string[]];
    while (users.size < PEOPLE || peopleIn(lines) < PEOPLE) {
      const frame = await flash.next();
      if (frame.startsWith('<user ')) users.add(frame);
      else lines.push(frame);
    }
    expect([users.size, peopleIn(lines)]).toEqual([PEOPLE, PEOPLE]);
    // The machine may be so slow that it took more than one window.
    expect(lines.length).toBeLessThan(PEOPLE / 2);

    const events: WebMessage[] = [];
    while (events.length < PEOPLE + 1) events.push(await web.until('member.entered'));
    const chain = events.map((event) => event['prev']);
    expect(chain).toEqual([seq, ...events.slice(0, -1).map((event) => event['seq'])]);
    for (const client of [...people, web]) client.close();
    flash.close();
  }, 120_000);
});

/** How many people lines of the system tell of. */
function peopleIn(lines: readonly string[]): number {
  const counts = lines.map((line) => Number(/\*(\d+) pe/.exec(line)?.[1] ?? 1));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function guest(_: unknown, number: number): Promise<WebClient> {
  const client = await connectWeb(up.port);
  const welcome = await client.request({ type: 'login', guest: `person${number}` });
  expect(welcome['type']).toBe('welcome');
  return client;
}
