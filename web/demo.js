import { ChatView } from './chat-view.js';
import { runSwf } from './flash-stage.js';
import { RoomClient } from './room-client.js';

const ROOM = '1';
const isSecure = location.protocol === 'https:';

const [{ guests, logins }, { socketProxy }] = await Promise.all([
  readJson('/web/settings.json'),
  readJson('/ruffle.json').then(secured),
]);
showSnippet(socketProxy);
startWebChat(logins?.web ?? null);
await startFlash(logins?.flash ?? null);

function startWebChat(login) {
  const client = new RoomClient({
    url: `${isSecure ? 'wss' : 'ws'}://${location.host}/ws`,
    room: ROOM,
    changed: () => view.show(),
  });
  document.querySelector('#password').required = !guests;
  document.querySelector('#password').placeholder = guests ? 'empty: come as a guest' : '';
  const view = new ChatView(document.querySelector('#web-chat'), client);
  if (login === null) view.askWhoItIs();
  else client.start(login);
}

async function startFlash(login) {
  const [socket] = socketProxy;
  const wire = document.querySelector('#flash-wire');
  const target = document.querySelector('#flash-target');
  const screen = document.querySelector('#flash-screen');
  target.textContent = `XMLSocket ${socket.host}:${socket.port}`;
  const traced = (line) => {
    const frame = /^xml([<>]) (.*)$/s.exec(line);
    if (frame !== null) wire.textContent = `${frame[1]} ${frame[2]}\\0`;
  };
  const parameters = {
    ...{ chatHost: socket.host, chatPort: String(socket.port), chatRoom: ROOM },
    ...(login === null ? {} : { chatUser: login.user, chatPassword: login.password }),
  };
  try {
    await runSwf(screen, { url: '/web/chat.swf', parameters, socketProxy, traced });
    screen.classList.add('is-running');
  } catch (error) {
    screen.querySelector('.screen-note').textContent = `Ruffle did not start: ${error.message}`;
  }
}

function showSnippet(entries) {
  const lines = entries.flatMap(({ host, port, proxyUrl }) => [
    `    { host: '${host}', port: ${port},`,
    `      proxyUrl: '${proxyUrl}' },`,
  ]);
  const text = ['window.RufflePlayer.config = {', '  socketProxy: [', ...lines, '  ],', '};'].join(
    '\n',
  );
  const snippet = document.querySelector('#snippet');
  const button = document.querySelector('#copy');
  const told = document.querySelector('#copied');
  snippet.textContent = text;
  const onCopied = () => {
    told.textContent = 'Copied';
  };
  // Only https and localhost have a clipboard.
  const onNoClipboard = () => {
    getSelection().selectAllChildren(snippet);
    told.textContent = 'Selected: copy it with Ctrl-C';
  };
  button.addEventListener('click', () => {
    if (navigator.clipboard === undefined) onNoClipboard();
    else navigator.clipboard.writeText(text).then(onCopied, onNoClipboard);
  });
}

// The relay does not know that TLS ends in front of it.
function secured({ socketProxy: entries }) {
  const scheme = isSecure ? 'wss:' : 'ws:';
  return {
    socketProxy: entries.map((entry) => ({
      ...entry,
      proxyUrl: entry.proxyUrl.replace(/^ws:/, scheme),
    })),
  };
}

async function readJson(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}
