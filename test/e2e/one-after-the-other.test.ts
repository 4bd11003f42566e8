import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLegacy } from '../support/legacy-client.ts';
import { type RunningUp, startUp } from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

let up: RunningUp;

beforeAll(async () => {
  up = await startUp({ RELAY_RATE_LIMITS: 'off' });
});

afterAll(() => up.close());

const MANY = 300;
const numbers = Array.from({ length: MANY }, (_, number) => number);

describe('what a client says without waiting for answers', () => {
  it('is stored and answered in its order, refusals in between', async () => {
    const web = await connectWeb(up.port);
    web.send({ type: 'login', user: 'ann', password: 'ann' });
    await web.until('welcome');
    web.send({ type: 'join', room: '1' });
    await web.until('joined');
    for (const ref of numbers) {
      const text = ref % 7 === 0 ? 'x'.repeat(5000) : `web ${ref}`;
      web.send({ type: 'say', room: ref % 11 === 0 ? '9' : '1', text, ref });
    }
    web.send({ type: 'leave', room: '1', ref: 'end' });
    const answered: unknown[] = [];
    const heard: unknown[] = [];
    while (answered.at(-1) !== 'end') {
      const message = await web.next();
      if (message['type'] === 'message.posted') heard.push(message['text']);
      else if ('ref' in message) answered.push(message['ref']);
    }
    expect(answered).toEqual([...numbers, 'end']);
    const said = numbers.filter((number) => number % 7 !== 0 && number % 11 !== 0);
    expect(heard).toEqual(said.map((number) => `web ${number}`));
    web.close();
  });

  it('is so on the old wire, too', async () => {
    const xml = await connectLegacy(up.port);
    xml.send('<login u="enobrev" p="mypassword" />');
    await xml.until('<rooms>');
    xml.send('<room id="2" uid="6">');
    await xml.until('<msg from_id="0">*enobrev');
    for (const number of numbers) xml.send(`<msg from_id="6" room_id="2">xml ${number}</msg>`);
    for (const number of numbers) {
      expect(await xml.next()).toBe(`<msg from_id="6">xml ${number}</msg>`);
    }
    xml.close();
  });
});
