// A client of 2004 and a web client in one room, and what each of them reads.
//
//   node examples/two-wires.mjs [host:port]
//
// Needs a running relay with its demo accounts: npm start. Exits with 1 when something does not come.

import { connect } from 'node:net';
import { WebSocket } from 'ws';

const [, , address = '127.0.0.1:9339'] = process.argv;
const { hostname, port } = new URL(`http://${address}`);
const WAIT_MS = 10_000;

const flash = await openXmlSocket();
flash.send('<login u="enobrev" p="mypassword" />');
await flash.until('<rooms');
flash.send('<room id="1" uid="6">');
await flash.until('<users');

const web = await openWebSocket();
web.send({ type: 'login', user: 'ann', password: 'ann' });
await web.until('"type":"welcome"');
web.send({ type: 'join', room: '1' });
await web.until('"type":"joined"');

flash.send('<msg from_id="6" room_id="1">Hello everyone</msg>');
await web.until('"text":"Hello everyone"');
web.send({ type: 'say', room: '1', text: 'Hello 2004' });
await flash.until('>Hello 2004<');

flash.close();
web.close();

/** TCP: every frame is text and a NUL. */
async function openXmlSocket() {
  const reader = createReader('xml<  ');
  const socket = connect(Number(port), hostname, () => undefined);
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    const frames = (rest + text).split('\0');
    rest = frames.pop() ?? '';
    for (const frame of frames) reader.read(frame);
  });
  socket.on('error', (error) => fail(error.message));
  return {
    until: reader.until,
    send: (frame) => {
      console.log(`xml>  ${frame}`);
      socket.write(`${frame}\0`);
    },
    close: () => socket.end(),
  };
}

/** WebSocket: every frame is one JSON object. */
async function openWebSocket() {
  const reader = createReader('json< ');
  const socket = new WebSocket(`ws://${address}/ws`);
  socket.on('message', (data) => reader.read(data.toString()));
  socket.on('error', (error) => fail(error.message));
  await new Promise((resolve) => {
    socket.on('open', resolve);
  });
  return {
    until: reader.until,
    send: (command) => {
      console.log(`json> ${JSON.stringify(command)}`);
      socket.send(JSON.stringify(command));
    },
    close: () => socket.close(),
  };
}

/** Prints what comes; `until` resolves when something came that has a text in it. */
function createReader(label) {
  let wanted = null;
  const seen = [];
  const settle = () => {
    const at = wanted === null ? -1 : seen.findIndex((frame) => frame.includes(wanted.text));
    if (at === -1) return;
    seen.splice(0, at + 1);
    clearTimeout(wanted.timer);
    wanted.resolve();
    wanted = null;
  };
  return {
    read: (frame) => {
      console.log(`${label}${frame}`);
      seen.push(frame);
      settle();
    },
    until: (text) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => fail(`nothing with ${text} came`), WAIT_MS);
        wanted = { text, resolve, timer };
        settle();
      }),
  };
}

function fail(why) {
  console.error(`two-wires: ${why}`);
  process.exit(1);
}
