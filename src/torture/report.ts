import type { ProblemKind } from './evidence.ts';
import type { Counts } from './judge.ts';
import type { ClientResult, SeedResult } from './run-seed.ts';

export type Totals = Omit<Counts, 'connections'> & { readonly problems: number };

const SUMMED = [
  ...([
    'sent',
    'acknowledged',
    'received',
    'missing',
    'doubled',
    'outOfOrder',
    'inFlight',
    'again',
  ] as const),
];

/** The sums over all clients of some seeds; `problems` is everything that must not be. */
export function totals(results: readonly SeedResult[], wire?: ClientResult['wire']): Totals {
  const clients = results.flatMap((result) => result.clients);
  const counted = wire === undefined ? clients : clients.filter((each) => each.wire === wire);
  const sum = (key: (typeof SUMMED)[number]) =>
    counted.reduce((total, client) => total + client[key], 0);
  return {
    ...{ sent: sum('sent'), acknowledged: sum('acknowledged'), received: sum('received') },
    ...{ missing: sum('missing'), doubled: sum('doubled'), outOfOrder: sum('outOfOrder') },
    ...{ inFlight: sum('inFlight'), again: sum('again') },
    problems: results.reduce((total, { problems }) => total + problems.length, 0),
  };
}

export interface FaultSummary {
  readonly kind: string;
  readonly count: number;
  readonly lastedMs: number;
  /** Of those after which enough was said to tell. */
  readonly healedMedianMs: number | null;
  readonly healedMaxMs: number | null;
}

/** One line for each kind of fault. */
export function faultSummaries(results: readonly SeedResult[]): FaultSummary[] {
  const all = results.flatMap(({ faults }) => faults);
  const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
  return kinds.map((kind) => {
    const own = all.filter((fault) => fault.kind === kind);
    const healed = own.flatMap(({ healedMs }) => (healedMs === null ? [] : [healedMs]));
    return {
      ...{ kind, count: own.length },
      lastedMs: Math.round(middle(own.map(({ startMs, endMs }) => endMs - startMs)) ?? 0),
      healedMedianMs: rounded(middle(healed)),
      healedMaxMs: rounded(healed.length === 0 ? null : Math.max(...healed)),
    };
  });
}

/** Everything about one seed as JSON Lines. */
export function jsonLines(result: SeedResult): string {
  const { seed, says, clients, faults, problems } = result;
  const lines: object[] = [
    ...faults.map((fault) => ({ type: 'fault', seed, ...fault })),
    ...clients.map(({ problems: own, ...counts }) => ({
      ...{ type: 'client', seed, ...counts },
      problems: own.length,
    })),
    ...problems.map((problem) => ({ type: 'problem', seed, ...problem })),
    { type: 'seed', seed, says, ...totals([result]) },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** One seed as tables for people. */
export function seedTable(result: SeedResult): string {
  const { seed, clients, problems } = result;
  const rows = clients.map(({ name, wire, ...counts }) => [name, wire, ...cells(counts)]);
  const wires = (['xml', 'web'] as const).map((wire) => [
    'all',
    wire,
    ...cells(totals([result], wire)),
  ]);
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(({ kind, client, room, seq, mark }) => {
    return `  ${kind}: client ${client}, room ${room}, sequence ${seq}, ${mark}\n`;
  });
  const more = problems.length - shown.length;
  const rest = more > 0 ? `  and ${more} more\n` : '';
  return `seed ${seed}\n${table(HEADINGS, [...rows, ...wires])}${shown.join('')}${rest}\n`;
}

/** The faults and the sums of all seeds. */
export function endTable(results: readonly SeedResult[]): string {
  const faults = faultSummaries(results).map((each) => [
    ...[each.kind, String(each.count), String(each.lastedMs)],
    ...[each.healedMedianMs, each.healedMaxMs].map((ms) => (ms === null ? '?' : String(ms))),
  ]);
  const wires = (['xml', 'web'] as const).map((wire) => [
    'all',
    wire,
    ...cells(totals(results, wire)),
  ]);
  return `${table(FAULT_HEADINGS, faults)}\n${table(HEADINGS, wires)}\n`;
}

/** The verdict in one line. */
export function verdictLine(results: readonly SeedResult[]): string {
  const { acknowledged, missing, doubled, outOfOrder, problems } = totals(results);
  const kinds = new Map<ProblemKind, number>();
  for (const { kind } of results.flatMap((result) => result.problems)) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const which = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return (
    `${problems === 0 ? 'passed' : 'FAILED'}: ${acknowledged} acknowledged, ` +
    `${missing} missing, ${doubled} doubled, ${outOfOrder} out of order` +
    `${problems === 0 ? '' : ` (${which})`}\n`
  );
}

const PROBLEMS_SHOWN = 20;
const HEADINGS = [
  ...['client', 'wire', 'sent', 'acknowledged', 'received', 'missing', 'doubled', 'out of order'],
  ...['in flight', 'again'],
];
const FAULT_HEADINGS = [
  'fault',
  'times',
  'lasted ms (median)',
  'healed ms (median)',
  'healed ms (max)',
];

function cells(counts: Pick<Counts, (typeof SUMMED)[number]>): string[] {
  return SUMMED.map((key) => String(counts[key]));
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [headings, ...rows].map((row) => `${line(row)}\n`).join('');
}

function middle(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
