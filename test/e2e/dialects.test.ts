import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectLegacy } from '../support/legacy-client.ts';
import { type Program, startProgram, temporaryFolder } from '../support/system.ts';
import { Transcript } from '../support/transcript.ts';
import { connectWeb } from '../support/web-client.ts';

const AWKWARD = `<b>&amp;"'%41 日本 😀`;

let folder: { path: string; remove: () => Promise<void> };
let up: Program;

// One each: what is in the log of one conversation is not in the transcript of another.
beforeEach(async () => {
  folder = await temporaryFolder();
  up = await startProgram(['up'], {
    ...{ RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1' },
    ...{ RELAY_PORT: '0', RELAY_ADMIN_PORT: '0', RELAY_LIMITS_ROOMS_PER_SESSION_MAX: '1' },
  });
});

afterEach(async () => {
  await up.stop();
  await folder.remove();
});

describe('an old client and a web client in one room', () => {
  it('verbose', async () => {
    const talk = await begin();
    const { xml, ann } = talk;
    await xml.ask('<login username="enobrev" password="wrong" />', '<login login_status="0"');
    await xml.ask('<login username="enobrev" password="mypassword" />', '<login', '<rooms');
    await xml.ask('<rooms />', '<rooms');
    await xml.ask('<room id="2" uid="6">', '<users', '<msg from_id="0"');
    await ann.ask({ type: 'join', room: '2' }, 'joined');
    await xml.hear('<user', '<msg from_id="0"');
    await xml.ask(`<msg from_id="6" room_id="2">${ESCAPED}</msg>`, '<msg from_id="6"');
    await ann.hear('message.posted');
    await ann.ask({ type: 'say', room: '2', text: AWKWARD, id: 'v1' }, 'said', 'message.posted');
    await xml.hear('<msg from_id="9"');
    await xml.ask('<msg from_id="6" to_id="9">psst</msg>', '<msg from_id="6" to_id="9"');
    await ann.hear('whisper.posted');
    await ann.ask({ type: 'whisper', to: '6', text: AWKWARD }, 'whispered', 'whisper.posted');
    await xml.hear('<msg from_id="9" to_id="6"');
    await ann.ask({ type: 'leave', room: '2' }, 'left');
    await xml.hear('<user', '<msg from_id="0"');
    await xml.ask('<msg room_id="1">not there</msg>', '<error code="NOT_IN_ROOM"');
    await xml.ask('<ping />', '<pong');
    await talk.logOut('<logout />');
    await expect(talk.transcript.masked()).toMatchFileSnapshot('../golden/verbose.transcript');
  });

  it('palabre', async () => {
    const talk = await begin();
    const { xml, ann } = talk;
    await xml.ask('<connect nickname="enobrev" password="wrong" />', '<error');
    await xml.ask('<connect nickname="enobrev" password="mypassword" />', '<connect isok="1"');
    await xml.ask('<getrooms />', '<rooms');
    await xml.ask('<join room="Lobby" />', '<joined', '<room', '<clients');
    await ann.ask({ type: 'join', room: '1' }, 'joined');
    await xml.hear('<client name="ann" joined', '<clients');
    await xml.ask(`<m r="Lobby" b="1">${AWKWARD}</m>`, '<m f="enobrev" r="Lobby"');
    await ann.hear('message.posted');
    await xml.ask('<m r="Lobby">not to me</m>');
    await ann.hear('message.posted');
    await ann.ask({ type: 'say', room: '1', text: AWKWARD, id: 'p1' }, 'said', 'message.posted');
    await xml.hear('<m f="ann" r="Lobby"');
    await xml.ask('<m c="ann">psst</m>');
    await ann.hear('whisper.posted');
    await ann.ask({ type: 'whisper', to: '6', text: AWKWARD }, 'whispered', 'whisper.posted');
    await xml.hear('<m f="ann">');
    await ann.ask({ type: 'leave', room: '1' }, 'left');
    await xml.hear('<client name="ann" left', '<clients');
    await xml.ask('<join room="Attic" />', '<error');
    await xml.ask('<leave room="Lobby" />', '<leaved');
    await xml.ask('<ping />', '<pong');
    await talk.logOut('<quit />');
    await expect(talk.transcript.masked()).toMatchFileSnapshot('../golden/palabre.transcript');
  });

  it('smartfox1', async () => {
    const talk = await begin();
    const { xml, ann } = talk;
    await xml.ask(sys('verChk', 0, "<ver v='158' />"), answer('apiOK'));
    await xml.ask(sys('rndK', -1), answer('rndK'));
    await xml.ask(sys('joinRoom', -1, join(2)), answer('joinKO'));
    await xml.ask(sys('login', 0, loginOf('wrong')), answer('logKO'));
    await xml.ask(sys('login', 0, loginOf('mypassword')), answer('logOK'));
    await xml.ask(sys('getRmList', -1), answer('rmList'));
    await xml.ask(sys('autoJoin', -1), answer('joinOK'));
    await xml.ask(sys('joinRoom', 1, join(404)), answer('joinKO'));
    await xml.ask(sys('joinRoom', 1, join(2, '<')), answer('joinKO'));
    await xml.ask(sys('joinRoom', 1, join(2, "it's")), answer('joinOK'));
    // The room before is left when this comes back.
    await xml.ask(sys('roundTrip', 2), answer('roundTripRes'));
    await xml.ask(sys('joinRoom', 2, join(1).replace("leave='1'", "leave='0'")), answer('joinKO'));
    await ann.ask({ type: 'join', room: '2' }, 'joined');
    await xml.hear(answer('uER'), answer('uCount'));
    await xml.ask(sys('pubMsg', 2, `<txt><![CDATA[${ESCAPED}]]></txt>`), answer('pubMsg'));
    await ann.hear('message.posted');
    await ann.ask({ type: 'say', room: '2', text: AWKWARD, id: 's1' }, 'said', 'message.posted');
    await xml.hear(answer('pubMsg'));
    await xml.ask(sys('prvMsg', 2, "<txt rcp='9'><![CDATA[psst]]></txt>"), answer('prvMsg'));
    await ann.hear('whisper.posted');
    await ann.ask({ type: 'whisper', to: '6', text: AWKWARD }, 'whispered', 'whisper.posted');
    await xml.hear(answer('prvMsg'));
    await ann.ask({ type: 'leave', room: '2' }, 'left');
    await xml.hear(answer('userGone'), answer('uCount'));
    await ann.ask({ type: 'whisper', to: '6', text: 'from afar' }, 'whispered', 'whisper.posted');
    await xml.hear(answer('dmnMsg'));
    await xml.ask(sys('setUvars', 2, "<vars><var n='x' t='s'><![CDATA[1]]></var></vars>"));
    await talk.logOut(sys('logout', -1), answer('logout'));
    await expect(talk.transcript.masked()).toMatchFileSnapshot('../golden/smartfox1.transcript');
  });
});

/** An old client that has said nothing yet, ann on the web, and what they say from now on. */
async function begin() {
  const transcript = new Transcript();
  const flash = await connectLegacy(Number(up.ready['port']));
  const web = await connectWeb(Number(up.ready['port']));
  await web.request({ type: 'login', user: 'ann', password: 'ann' });
  const xml = transcript.xml(flash);
  const logOut = async (frame: string, ...answers: string[]) => {
    await xml.ask(frame, ...answers);
    await flash.closed;
    web.close();
  };
  return { transcript, xml, ann: transcript.json(web), logOut };
}

function sys(action: string, room: number, content = ''): string {
  return `<msg t='sys'><body action='${action}' r='${room}'>${content}</body></msg>`;
}

function answer(action: string): string {
  return `<msg t="sys"><body action="${action}"`;
}

function loginOf(password: string): string {
  const nick = '<nick><![CDATA[enobrev]]></nick>';
  return `<login z='chat'>${nick}<pword><![CDATA[${password}]]></pword></login>`;
}

function join(room: number, password = ''): string {
  return `<room id='${room}' pwd='${password}' spec='0' leave='1' old='1' />`;
}

// The awkward text as a client writes it that knows how.
const ESCAPED = AWKWARD.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
