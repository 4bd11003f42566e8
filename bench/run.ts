import { parseArgs } from 'node:util';
import { writeReport } from './lib/report.ts';
import { bandwidth } from './scenarios/bandwidth.ts';
import { codecs } from './scenarios/codecs.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { idle } from './scenarios/idle.ts';
import { latency } from './scenarios/latency.ts';
import { logScan } from './scenarios/log-scan.ts';
import { manyIdle } from './scenarios/many-idle.ts';
import type { Scenario, Section, Settings } from './scenarios/section.ts';
import { slowReader } from './scenarios/slow-reader.ts';
import { throughput } from './scenarios/throughput.ts';

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'fan-out': fanOut,
  latency,
  throughput,
  idle,
  'slow-reader': slowReader,
  'many-idle': manyIdle,
  'log-scan': logScan,
  codecs,
  bandwidth,
};

const HELP = `usage: npm run bench [-- [SCENARIO ...] [--rounds N] [--seconds S] [--idle-seconds S]]

Measures this project beside its peers, prints what came of it and writes it to bench/results/.
Scenarios: ${Object.keys(SCENARIOS).join(', ')}; all of them if none is named.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    'idle-seconds': { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(SCENARIOS, name));
if (values.help || unknown.length > 0) {
  console.log(HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const skipped = new Map<string, string>();
const settings: Settings = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  idleSeconds: Number(values['idle-seconds']),
  onSkipped: ({ name }, reason) => skipped.set(name, reason),
};
const sections: Section[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(SCENARIOS)) {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) continue;
  console.error(`${name} ...`);
  const section = await scenario(settings);
  sections.push(section);
  console.log(`\n## ${section.title}\n\n${section.parts.join('\n\n')}\n`);
}
const isWhole = positionals.length === 0;
console.log(`written to ${await writeReport(sections, skipped, { ...settings, isWhole })}`);
process.exit(0);
