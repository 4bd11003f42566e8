import type { BusConnection } from '../bus/bus-connection.ts';
import { changeRetention, countOlder, type Keeps, readRetention } from '../bus/log-retention.ts';
import { loadConfig } from '../config/load.ts';
import { bytesText } from './amounts.ts';
import { COMMON_HELP, COMMON_OPTIONS, type Command, parsing } from './command.ts';
import { keepsText } from './keeps-text.ts';
import { logOptions } from './options.ts';
import { onSystem } from './system.ts';

export const retention: Command = {
  help: `usage: xmlsocket-relay retention [--apply]

Tells how long the log of a running system keeps what was said, how long it is to by the configuration
(log.maxAgeSeconds, log.maxBytes), and how much would be dropped. By default everything is kept.

  --apply            gives the log the limits of the configuration. What is beyond them is dropped at
                     once and for ever, in every room
  --json             prints JSON
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values } = parsing(
      (parse) =>
        parse({
          args,
          options: { ...COMMON_OPTIONS, apply: { type: 'boolean', default: false } },
          allowPositionals: true,
        }),
      { min: 0, max: 0 },
    );
    const { config } = loadConfig(io.env, values.config);
    const { maxAgeMs = null, maxBytes = null } = logOptions(config);
    const wanted = { maxAgeMs, maxBytes, maxMessages: null, maxMessagesPerRoom: null };
    return onSystem(config, async (bus) => {
      const report = await lookAt(bus, wanted);
      await io.print(values.json ? `${JSON.stringify(report)}\n` : asText(report));
      if (!values.apply) return 0;
      await changeRetention(bus, logOptions(config));
      const { keeps } = await readRetention(bus);
      if (!values.json) await io.print(`now keeps   ${keepsText(keeps)}\n`);
      return 0;
    });
  },
};

interface Report {
  readonly keeps: Keeps;
  readonly configured: Keeps;
  readonly messages: number;
  readonly bytes: number;
  readonly oldest: string | null;
  /** Messages that the configured age would drop, bytes that the configured size would. */
  readonly tooOld: number;
  readonly bytesTooMany: number;
}

async function lookAt(bus: BusConnection, configured: Keeps): Promise<Report> {
  const { keeps, messages, bytes, oldest } = await readRetention(bus);
  const { maxAgeMs, maxBytes } = configured;
  const tooOld = maxAgeMs === null ? 0 : await countOlder(bus, maxAgeMs, Date.now());
  const bytesTooMany = maxBytes === null ? 0 : Math.max(0, bytes - maxBytes);
  return { keeps, configured, messages, bytes, oldest, tooOld, bytesTooMany };
}

function asText(report: Report): string {
  const { keeps, configured, messages, bytes, oldest, tooOld, bytesTooMany } = report;
  const since = oldest === null ? '' : ` since ${oldest.slice(0, 19)}Z`;
  const dropped = [
    ...(tooOld > 0 ? [`${tooOld} messages that are older`] : []),
    ...(bytesTooMany > 0 ? [`the oldest ${bytesText(bytesTooMany)}`] : []),
  ];
  return [
    `keeps       ${keepsText(keeps)}\n`,
    `has         ${messages} messages, ${bytesText(bytes)}${since}\n`,
    `configured  ${keepsText(configured)}\n`,
    ...(dropped.length === 0 ? [] : [`would drop  ${dropped.join(' and ')}\n`]),
  ].join('');
}
