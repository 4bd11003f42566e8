import { compareVersions } from './embedded/find-nats-server.ts';

/** What is known of a nats-server beside its version. */
export interface ServerSituation {
  readonly version: string;
  /** More than one copy of the log: a cluster. */
  readonly replicated: boolean;
  /** Null: nobody told. The embedded server has none. */
  readonly websocket: boolean | null;
  /** With users of different rights, as a NATS of one's own may have. */
  readonly external: boolean;
}

export interface Defect {
  readonly id: string;
  /** Whether the log or its readers suffer from it as things are, and not only in a case that may come. */
  readonly grave: boolean;
  readonly what: string;
  readonly advice: string;
  readonly source: string;
}

/** From a version on and before another; null: from the beginning. */
export interface Range {
  readonly from: string | null;
  readonly before: string;
}

export type Circumstance = 'always' | 'replicated' | 'websocket' | 'external';

export interface KnownDefect extends Defect {
  readonly ranges: readonly Range[];
  readonly when: Circumstance;
}

/** The defects of a nats-server that matter to this program, as it is used here. Pure. */
export function defectsOf(server: ServerSituation): Defect[] {
  return KNOWN_DEFECTS.filter(
    ({ ranges, when }) => APPLIES[when](server) && ranges.some((range) => isIn(range, server)),
  ).map(({ id, grave, what, advice, source }) => ({ id, grave, what, advice, source }));
}

const APPLIES: Readonly<Record<Circumstance, (server: ServerSituation) => boolean>> = {
  always: () => true,
  replicated: ({ replicated }) => replicated,
  // Also when nobody told: the operator knows.
  websocket: ({ websocket }) => websocket !== false,
  external: ({ external }) => external,
};

function isIn({ from, before }: Range, { version }: ServerSituation): boolean {
  const begun = from === null || compareVersions(version, from) >= 0;
  return begun && compareVersions(version, before) < 0;
}

const WEBSOCKET_ADVICE =
  'upgrade, or keep the websocket listener of NATS off or private: this program does not use it';
const MARCH_2026: readonly Range[] = [
  { from: null, before: '2.11.15' },
  { from: '2.12.0', before: '2.12.6' },
];

/** `doctor` and docs/operations.md tell of these. */
export const KNOWN_DEFECTS: readonly KnownDefect[] = [
  {
    id: 'no-sync-interval',
    ranges: [{ from: null, before: '2.10.0' }],
    when: 'always',
    grave: false,
    what: 'flushes to disk every 2 minutes and has no setting for it: a power cut loses up to that',
    advice: 'for less loss at a power cut, use nats-server 2.10 or later with sync_interval',
    source: 'https://github.com/nats-io/nats-server/issues/7564',
  },
  {
    id: 'reads-hang-with-a-node-down',
    ranges: [{ from: null, before: '2.10.0' }],
    when: 'replicated',
    grave: true,
    what: 'consumers of a replicated stream may never answer while a node of the cluster is down',
    advice: 'run a cluster of nats-server 2.10.23 or later',
    source: 'seen with 2.9.10 by the authors: docs/operations.md, "Known defects of nats-server"',
  },
  {
    id: 'nats-server#6888',
    ranges: [{ from: '2.10.20', before: '2.10.23' }],
    when: 'always',
    grave: true,
    what: 'may forget a whole stream when its process is killed, also with sync_interval: always',
    advice: 'upgrade to 2.10.23 or later before anything else',
    source: 'https://github.com/nats-io/nats-server/issues/6888',
  },
  {
    id: 'CVE-2026-27571',
    ranges: [
      { from: null, before: '2.11.12' },
      { from: '2.12.0', before: '2.12.3' },
    ],
    when: 'websocket',
    grave: false,
    what: 'its websocket listener takes a compression bomb from anybody, before any login',
    advice: WEBSOCKET_ADVICE,
    source: 'https://advisories.nats.io/',
  },
  {
    id: 'CVE-2026-27889',
    ranges: [
      { from: '2.2.0', before: '2.11.14' },
      { from: '2.12.0', before: '2.12.5' },
    ],
    when: 'websocket',
    grave: false,
    what: 'a frame to its websocket listener crashes it, before any login',
    advice: WEBSOCKET_ADVICE,
    source: 'https://advisories.nats.io/',
  },
  {
    id: 'CVE-2026-33219',
    ranges: MARCH_2026,
    when: 'websocket',
    grave: false,
    what: 'its websocket listener may be made to use up all memory, before any login',
    advice: WEBSOCKET_ADVICE,
    source: 'https://advisories.nats.io/',
  },
  {
    id: 'CVE-2026-33222',
    ranges: MARCH_2026,
    when: 'external',
    grave: false,
    what: 'who may restore one stream may restore over any other, the log included',
    advice: 'upgrade, or give nobody $JS.API.STREAM.RESTORE',
    source: 'https://github.com/advisories/GHSA-9983-vrx2-fg9c',
  },
];
