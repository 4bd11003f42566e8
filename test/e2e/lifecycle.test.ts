import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectLegacy } from '../support/legacy-client.ts';
import { startNatsServer } from '../support/nats-server.ts';
import { type Program, runProgram, startProgram, temporaryFolder } from '../support/system.ts';
import { connectWeb } from '../support/web-client.ts';

let folder: { path: string; remove: () => Promise<void> };
const running: Program[] = [];

const start = async (command: string, env: Record<string, string>): Promise<Program> => {
  const program = await startProgram([command], {
    RELAY_DATA_DIR: folder.path,
    RELAY_PORT: '0',
    RELAY_ADMIN_PORT: '0',
    RELAY_DEMO: '1',
    ...env,
  });
  running.push(program);
  return program;
};
const portOf = ({ ready }: Program): number => Number(ready['port']);

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()));
  await folder.remove();
});

describe('the life of the program', () => {
  it('says goodbye on both wires when it is told to end, and ends with 0', async () => {
    const up = await start('up', {});
    const xml = await connectLegacy(portOf(up));
    xml.send('<login u="enobrev" p="mypassword" />');
    await xml.until('<rooms');
    const web = await connectWeb(portOf(up));
    await web.request({ type: 'login', user: 'ann', password: 'ann' });

    const code = up.stop();
    expect(await xml.next()).toMatch('<error code="SHUTTING_DOWN">');
    expect(await web.next()).toMatchObject({ type: 'error', code: 'SHUTTING_DOWN' });
    expect(await web.closed).toEqual({ code: 1012, reason: 'SHUTTING_DOWN' });
    await xml.closed;
    expect(await code).toBe(0);
  });

  it('refuses a data folder that another one holds, and names its process', async () => {
    const up = await start('up', {});
    const env = { RELAY_DATA_DIR: folder.path, RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' };
    const second = await runProgram(['up'], env);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(String(up.pid));
  });

  it.each(['port', 'adminPort'])('says in one line that its %s is taken', async (key) => {
    const up = await start('up', {});
    const other = await temporaryFolder();
    const ports = { RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' };
    const taken = String(up.ready[key]);
    const env = { ...ports, [key === 'port' ? 'RELAY_PORT' : 'RELAY_ADMIN_PORT']: taken };
    const second = await runProgram(['up'], { ...env, RELAY_DATA_DIR: other.path });
    await other.remove();
    expect(second.stderr).toBe(`xmlsocket-relay up: 127.0.0.1:${taken} (${key}) is in use\n`);
    expect(second.code).toBe(1);
  });

  it('finds everything again after it was killed', async () => {
    const first = await start('up', {});
    const web = await connectWeb(portOf(first));
    await web.request({ type: 'login', user: 'ann', password: 'ann' });
    await web.request({ type: 'join', room: '1' });
    const said = await web.request({ type: 'say', room: '1', text: 'before the end', id: 'last' });
    first.kill('SIGKILL');
    await first.ended;

    const second = await start('up', {});
    const again = await connectWeb(portOf(second));
    await again.request({ type: 'login', user: 'ann', password: 'ann' });
    expect(await again.request({ type: 'join', room: '1' })).toMatchObject({
      members: [{ id: '9', name: 'ann' }],
    });
    const history = await again.request({ type: 'history', room: '1' });
    expect(history['events']).toContainEqual(
      expect.objectContaining({ seq: said['seq'], text: 'before the end' }),
    );
    // The same id stores nothing again, also after everything was started anew.
    const repeated = { type: 'say', room: '1', text: 'before the end', id: 'last' };
    expect(await again.request(repeated)).toEqual(said);
    again.close();
  });

  it('refuses logins while there is no chat-core, and lets them in when there is', async () => {
    const nats = await startNatsServer();
    const env = { RELAY_NATS_URL: nats.url, RELAY_BUS_COMMAND_TIMEOUT_MS: '2000' };
    const relay = await start('relay', env);
    const xml = await connectLegacy(portOf(relay));
    xml.send('<login u="enobrev" p="mypassword" />');
    expect(await xml.next()).toMatch('<login ok="0" error="Not possible right now');
    await start('core', { RELAY_NATS_URL: nats.url });
    xml.send('<login u="enobrev" p="mypassword" />');
    expect(await xml.next()).toBe('<login ok="1" id="6" />');
    xml.close();
    await Promise.all(running.splice(0).map((program) => program.stop()));
    await nats.stop();
  });

  it('lets the members of a killed relay leave, and nobody when a chat-core is killed', async () => {
    const nats = await startNatsServer();
    const env = { RELAY_NATS_URL: nats.url };
    const core = await start('core', env);
    const [doomed, other] = [await start('relay', env), await start('relay', env)];
    const ann = await connectWeb(portOf(doomed));
    await ann.request({ type: 'login', user: 'ann', password: 'ann' });
    await ann.request({ type: 'join', room: '1' });
    const mod = await connectWeb(portOf(other));
    await mod.request({ type: 'login', user: 'mod', password: 'mod' });
    await mod.request({ type: 'join', room: '1' });

    core.kill('SIGKILL');
    await core.ended;
    await start('core', env);
    const said = await mod.request({ type: 'say', room: '1', text: 'still here?' });
    expect(said['type']).toBe('said');
    // Nothing but what was said: nobody left or entered.
    expect(await mod.next()).toMatchObject({ type: 'message.posted', seq: said['seq'] });

    doomed.kill('SIGKILL');
    expect(await mod.until('member.left')).toMatchObject({ member: { id: '9', name: 'ann' } });
    mod.close();
    await Promise.all(running.splice(0).map((program) => program.stop()));
    await nats.stop();
  });
});
