import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLegacy } from '../support/legacy-client.ts';
import {
  connectToBusOf,
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
} from '../support/system.ts';
import { Transcript } from '../support/transcript.ts';
import { connectWeb } from '../support/web-client.ts';

let folder: { path: string; remove: () => Promise<void> };
let env: Record<string, string>;
let up: Program;

const port = (): number => Number(up.ready['port']);

beforeAll(async () => {
  folder = await temporaryFolder();
  env = { RELAY_DATA_DIR: folder.path, RELAY_PORT: '0', RELAY_ADMIN_PORT: '0', RELAY_DEMO: '1' };
  up = await startProgram(['up'], env);
});

afterAll(async () => {
  await up.stop();
  await folder.remove();
});

describe('one room, two wires', () => {
  it('holds the conversation of 2004 with a web client in the same room', async () => {
    const transcript = new Transcript();
    const bus = await connectToBusOf(folder.path);
    bus.subscribe('chat.room.1', {
      callback: (_error, message) => transcript.bus(message.subject, message.string()),
    });
    await bus.flush();

    const flash = await connectLegacy(port());
    const web = await connectWeb(port());
    const xml = transcript.xml(flash);
    const json = transcript.json(web);
    await xml.ask('<login u="enobrev" p="mypassword" />', '<login', '<rooms');
    await xml.ask('<room id="1" uid="6">', '<users', '<msg');
    await json.ask({ type: 'login', user: 'ann', password: 'ann' }, 'welcome');
    await json.ask({ type: 'join', room: '1' }, 'joined');
    await xml.hear('<user', '<msg');
    await xml.ask('<msg from_id="6" room_id="1">Hello everyone</msg>', '<msg');
    await json.hear('message.posted');
    await json.ask(
      { type: 'say', room: '1', text: 'Hello <b>enobrev</b> & all', id: 'a1' },
      'said',
      'message.posted',
    );
    await xml.hear('<msg');
    await xml.ask('<msg from_id="6" to_id="9">psst</msg>', '<msg');
    await json.hear('whisper.posted');
    await json.ask({ type: 'leave', room: '1' }, 'left');
    await xml.hear('<user', '<msg');
    await bus.drain();
    flash.close();
    web.close();
    await expect(transcript.masked()).toMatchFileSnapshot('../golden/two-wires.transcript');
  });

  it('finds the talk again after everything was stopped and started', async () => {
    expect(await up.stop()).toBe(0);
    up = await startProgram(['up'], env);
    const history = await runProgram(['history', '1'], { RELAY_DATA_DIR: folder.path });
    expect(history).toMatchObject({ code: 0, stderr: '' });
    expect(history.stdout).toContain('<enobrev> Hello everyone');
    expect(history.stdout).toContain('<ann> Hello <b>enobrev</b> & all');
    expect(history.stdout).not.toContain('psst');
    const verified = await runProgram(['verify'], { RELAY_DATA_DIR: folder.path });
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toMatch(
      /^room 1: \d+ events, the chain is whole, ends in [0-9a-f]{64}$/m,
    );
  });
});
