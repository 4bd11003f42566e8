import { headers, type Msg, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/log.ts';
import { connectToBusOf, type Program, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

const BOTS_OWN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let up: Program;
let nc: NatsConnection;
const heard: Msg[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  const ports = { RELAY_PORT: '0', RELAY_ADMIN_PORT: '0', RELAY_LOG_LEVEL: 'debug' };
  up = await startProgram(['up'], { RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1', ...ports });
  nc = await connectToBusOf(folder.path);
  nc.subscribe('chat.room.1', { callback: (_error, message) => heard.push(message) });
  await nc.flush();
});

afterAll(async () => {
  await nc.close();
  await up.stop();
  await folder.remove();
});

const said = (text: string) =>
  eventually(text, () => heard.find((message) => message.string().includes(text)), 30_000);
const traceparentOf = (message: Msg): string => message.headers?.get('traceparent') ?? '';
const linesWith = (traceId: string) =>
  up
    .output()
    .split('\n')
    .filter((line) => line.includes(traceId))
    .map((line) => JSON.parse(line));

describe('a trace', () => {
  it('goes from a command to the event in the log and on the live subject', async () => {
    const web = await connectWeb(Number(up.ready['port']));
    await web.request({ type: 'login', user: 'ann', password: 'ann' });
    await web.request({ type: 'join', room: '1' });
    await web.request({ type: 'say', room: '1', text: 'traced' });
    web.close();
    const live = await said('traced');
    const [, traceId = '', spanId = ''] = traceparentOf(live).split('-');
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    const manager = await nc.jetstreamManager();
    const seq = Number(live.headers?.get('Nats-Sequence'));
    const stored = await manager.streams.getMessage('CHATLOG', { seq });
    expect(stored.header.get('traceparent')).toBe(`00-${traceId}-${spanId}-01`);
    const lines = await eventually('both have logged it', () => {
      const found = linesWith(traceId);
      return found.length >= 2 ? found : null;
    });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 20, traceId, type: 'say', outcome: 'ok' }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 20, traceId, subject: 'chatcmd.relay.room.1' }),
    );
    // The event is a step of its own.
    expect(lines.map((line) => line.spanId)).not.toContain(spanId);
    // What was said is in no log.
    expect(up.output()).not.toContain('"traced');
  });

  it('that a command brings from elsewhere goes on', async () => {
    const traced = headers();
    traced.set('traceparent', BOTS_OWN);
    const command = { type: 'announce', id: 'b1', from: { id: '0', name: 'system' }, via: 'nats' };
    const body = JSON.stringify({ ...command, text: 'from elsewhere' });
    await nc.request('chatcmd.relay.room.1', body, { timeout: 10_000, headers: traced });
    const traceparent = traceparentOf(await said('from elsewhere'));
    expect(traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
    expect(traceparent).not.toBe(BOTS_OWN);
  });

  it('is not made up where there was none, nor taken from what is no trace', async () => {
    const odd = headers();
    odd.set('traceparent', '00-nonsense');
    const command = { type: 'announce', id: 'b2', from: { id: '0', name: 'system' }, via: 'nats' };
    const body = JSON.stringify({ ...command, text: 'without' });
    await nc.request('chatcmd.relay.room.1', body, { timeout: 10_000, headers: odd });
    expect((await said('without')).headers?.has('traceparent')).toBe(false);
  });
});
