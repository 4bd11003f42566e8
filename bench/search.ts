import { BusConnection } from '../src/bus/bus-connection.ts';
import { ensureLogStream } from '../src/bus/log-stream.ts';
import { logSubjectOfRoom } from '../src/bus/subjects.ts';
import type { Io } from '../src/cli/command.ts';
import { runCli } from '../src/cli/run.ts';
import { startNatsServer } from '../test/support/nats-server.ts';

/**
 * How fast `search` reads: fills a log with messages in 100 rooms, one in 10,000 of which has the word, and
 * times the command. Where the machine does other things, the second figure is the one to trust.
 * Usage: npx tsx bench/search.ts [MESSAGES]
 */
const MESSAGES = Number(process.argv[2] ?? 300_000);
const ROOMS = 100;
const START = Date.parse('2026-01-01T00:00:00Z');
const FILLER =
  'the meeting of the people who build the relay began a little later than it should have, ';

const server = await startNatsServer();
const bus = await BusConnection.open({ url: server.url, name: 'bench', reconnectWaitMs: 100 });
await ensureLogStream(bus, { replicas: 1, duplicateWindowMs: 1000 });
await fill(FILLER);
console.log('| search | found | thousand messages a second | a second of CPU |\n|---|---|---|---|');
await time('a word', ['deadline']);
await time('a phrase', ['"deadline is friday"']);
await time('a word that is everywhere', ['meeting']);
await time('a person and a word', ['deadline', '--from', 'person7']);
await fill(`${FILLER}où êtes-vous, `);
await time('a word, half of the texts with accents', ['deadline']);
await bus.close();
await server.stop();

async function fill(filler: string): Promise<void> {
  const words = filler.split(' ');
  for (let index = 0; index < MESSAGES; index += 1) {
    const turned = [...words.slice(index % words.length), ...words.slice(0, index % words.length)];
    const text = index % 10_000 === 77 ? 'The Deadline is Friday!' : turned.join(' ');
    bus.publish(logSubjectOfRoom(String(index % ROOMS)), JSON.stringify(event(index, text)));
    if (index % 5000 === 0) await stored();
  }
  await stored();
}

function event(index: number, text: string): object {
  const person = { id: String(1 + (index % 50)), name: `person${index % 50}` };
  return {
    ...{ v: 1, id: `m${index}`, n: 1 + Math.floor(index / ROOMS), type: 'message.posted' },
    ...{ room: String(index % ROOMS), time: new Date(START + index * 1000).toISOString() },
    ...{ from: person, text, via: 'json' },
  };
}

// A request is answered after what was published before it is in the log.
async function stored(): Promise<void> {
  await bus.nc.request('$JS.API.STREAM.INFO.CHATLOG', '', { timeout: 60_000 });
}

async function time(what: string, args: readonly string[]): Promise<void> {
  const { state } = await (await bus.nc.jetstreamManager()).streams.info('CHATLOG');
  let lines = 0;
  const io: Io = {
    env: { ...process.env, RELAY_NATS_URL: server.url },
    stdin: process.stdin,
    print: async (text) => {
      lines += text.split('\n').length - 1;
    },
    complain: (line) => console.error(line),
    ...{ stdoutIsTerminal: false, showProgress: null },
    interruption: () => new AbortController().signal,
  };
  const [begun, used] = [performance.now(), process.cpuUsage()];
  await runCli(['search', ...args, '--json'], io);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(used);
  const [byClock, byCpu] = [seconds, (user + system) / 1e6].map((spent) =>
    Math.round(state.messages / spent / 1000),
  );
  console.log(`| ${what} | ${lines} | ${byClock} | ${byCpu} |`);
}
