import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CpuProfile, costsOf, readProfile } from './lib/cpu-profile.ts';
import { Stage } from './lib/stage.ts';
import { short, table } from './lib/table.ts';
import { ours } from './systems/ours.ts';

const HELP = `usage: npm run profile [-- [--wire json|xml] [--rooms N] [--members N] [--window N] [--seconds S] [--keep FOLDER]]

Runs relay and chat-core under --cpu-prof while members of rooms talk, and names the functions that
cost most. --keep FOLDER leaves the profiles there, for the developer tools of a browser.
`;

const { values } = parseArgs({
  options: {
    wire: { type: 'string', default: 'json' },
    rooms: { type: 'string', default: '1' },
    members: { type: 'string', default: '50' },
    window: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '10' },
    keep: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || !['json', 'xml'].includes(values.wire)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'relay-profile-')));
const wire = values.wire === 'xml' ? 'xml' : 'json';
const nodeArgs = ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`];
const rooms = Array.from({ length: Number(values.rooms) }, (_, index) => String(index + 1));
const stage = await Stage.open(ours(wire, { nodeArgs }), {
  rooms,
  perRoom: Number(values.members),
});
const flood = {
  do: 'flood',
  window: Number(values.window),
  seconds: Number(values.seconds),
} as const;
// What is compiled and optimised in the beginning is no cost of a server that runs for weeks.
await stage.load.do(flood);
const from = microseconds();
const { result, cpu } = await stage.costOf(() => stage.load.do(flood));
const span = [from, microseconds()] as const;
const { relay, core } = stage.running.processes;
await stage.close();

console.log(
  `${result.messages} messages, ${result.deliveries} deliveries in ${short(result.seconds)} s`,
);
for (const [name, used] of Object.entries(cpu)) {
  const [perMessage, perDelivery] = [result.messages, result.deliveries].map(
    (n) => (used * 1e6) / n,
  );
  console.log(
    `${name}: ${short(perMessage ?? 0)} us a message, ${short(perDelivery ?? 0)} us a delivery`,
  );
}
for (const [name, pid] of Object.entries({ relay, core })) {
  const file = (await readdir(folder)).find((entry) => entry.includes(`.${pid}.`));
  if (file === undefined) continue;
  const profile = JSON.parse(await readFile(join(folder, file), 'utf8'));
  console.log(`\n${name}, self time:\n\n${summaryOf(readProfile(profile))}`);
}
if (values.keep === undefined) await rm(folder, { recursive: true });
process.exit(0);

function summaryOf(profile: CpuProfile): string {
  const { functions, files, total } = costsOf(profile, span);
  const share = (ms: number) => `${((ms * 100) / total).toFixed(1)} %`;
  const rows = (costs: ReadonlyMap<string, number>, count: number) =>
    [...costs]
      .sort(([, one], [, other]) => other - one)
      .slice(0, count)
      .map(([name, ms]) => [name, ms.toFixed(0), share(ms)]);
  const head = (what: string) => [what, 'ms', 'of what it worked'];
  return [table(head('function'), rows(functions, 25)), table(head('file'), rows(files, 15))].join(
    '\n\n',
  );
}

function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
