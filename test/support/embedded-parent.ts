import { lockDataFolder } from '../../src/bus/embedded/data-folder.ts';
import { EmbeddedServer } from '../../src/bus/embedded/embedded-server.ts';
import { findNatsServer } from '../../src/bus/embedded/find-nats-server.ts';

// A process that holds a data folder and its server, for tests that kill it.
const [folder = '', tie] = process.argv.slice(2);
const program = await findNatsServer({ configured: null, env: process.env });
const { path } = await lockDataFolder(folder);
const server = await EmbeddedServer.start(
  { program, folder: path, syncIntervalMs: 1000, tie: tie === 'kernel' ? 'kernel' : 'watchdog' },
  { onDied: () => undefined, onRestarted: () => undefined, onGaveUp: () => undefined },
);
process.stdout.write(`${JSON.stringify({ url: server.url, serverPid: server.pid })}\n`);
setInterval(() => undefined, 60_000);
