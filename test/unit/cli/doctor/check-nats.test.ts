import { describe, expect, it } from 'vitest';
import type { LogSurvey, Survey } from '../../../../src/bus/survey.ts';
import { checkNats } from '../../../../src/cli/doctor/check-nats.ts';
import { asText, summaryOf } from '../../../../src/cli/doctor/finding.ts';

const DAY_MS = 86_400_000;
const EXPECTED = {
  replicas: 1,
  embedded: true,
  durability: 'flushed to disk every 1 s, 1 replica',
};
const NOW = Date.parse('2026-11-23T06:55:35.123Z');

const LOG: LogSurvey = {
  ...{ messages: 3, bytes: 2048, lastSeq: 3, replicas: 1, fileStorage: true, copiesMissing: [] },
  keeps: { maxAgeMs: null, maxBytes: null, maxMessages: null, maxMessagesPerRoom: null },
  ...{ differing: [], consumers: [], newest: null },
  clock: { serverMs: NOW + 5, askedMs: NOW, answeredMs: NOW + 10 },
};
const BUCKET = { name: 'chat_rooms', present: true, fileStorage: true, replicas: 1 } as const;
const SURVEY: Survey = {
  ...{ version: '2.15.1', answersInMs: 1, websocket: null, log: LOG, buckets: [BUCKET] },
  storage: { usedBytes: 10, limitBytes: null },
};

/** The findings that are not ok, of a survey that is in order but for one thing. */
function wrong(change: Partial<Survey>, expected = EXPECTED) {
  return checkNats({ ...SURVEY, ...change }, expected).filter(({ status }) => status !== 'ok');
}
const wrongLog = (change: Partial<LogSurvey>) => wrong({ log: { ...LOG, ...change } });

describe('doctor on NATS', () => {
  it('has nothing to say against what is in order', () => {
    expect(wrong({})).toEqual([]);
    expect(checkNats(SURVEY, EXPECTED).map(({ check }) => check)).toEqual([
      ...['nats', 'version', 'stream', 'durability', 'retention', 'clock', 'consumers', 'buckets'],
    ]);
  });

  it.each<[string, Partial<LogSurvey>, string, string, RegExp]>([
    ['memory', { fileStorage: false }, 'durability', 'fail', /in memory only/],
    ['a copy away', { copiesMissing: ['n2'] }, 'durability', 'fail', /n2/],
    ['fewer replicas', { replicas: 3 }, 'durability', 'warn', /3 replicas, bus.replicas is 1/],
    [
      'a vital setting',
      {
        differing: [{ key: 'deny_purge', vital: true, text: 'deny_purge is false, expected true' }],
      },
      ...(['stream', 'fail', /deny_purge is false/] as const),
    ],
    [
      'another duplicate window',
      { differing: [{ key: 'duplicate_window', vital: false, text: 'duplicate_window is 1' }] },
      ...(['stream', 'warn', /duplicate_window is 1/] as const),
    ],
    [
      'a limit nobody configured',
      {
        keeps: { ...LOG.keeps, maxAgeMs: 1.5 * DAY_MS, maxBytes: 3 * 1024 ** 3 },
        differing: [{ key: 'max_age', vital: false, text: 'max_age is 1, expected 0' }],
      },
      ...([
        'retention',
        'warn',
        /the log keeps nothing older than 1.5 days and at most 3.0 GiB: max_age/,
      ] as const),
    ],
    [
      'a consumer left behind',
      { consumers: [{ ...consumer(), durable: true, idleMs: 3 * DAY_MS }] },
      ...(['consumers', 'warn', /1 durable consumers unused for 3 days and more, old/] as const),
    ],
    [
      'a clock ahead',
      { clock: { serverMs: NOW + 61_000, askedMs: NOW, answeredMs: NOW + 1000 } },
      ...(['clock', 'warn', /NATS is 1 min ahead of this machine/] as const),
    ],
    [
      'a clock behind',
      { clock: { serverMs: NOW - 5000, askedMs: NOW, answeredMs: NOW + 1000 } },
      ...(['clock', 'warn', /NATS is 5 s behind this machine/] as const),
    ],
    [
      'a chat-core whose clock is ahead',
      { newest: { storedMs: NOW - 7_200_000, payload: Buffer.from(`{"time":"${iso(NOW)}"}`) } },
      ...(['clock', 'warn', /dated 2 h after NATS stored it/] as const),
    ],
  ])('%s', (_what, change, check, status, message) => {
    expect(wrongLog(change)).toEqual([
      { check, status, message: expect.stringMatching(message), advice: expect.any(String) },
    ]);
  });

  it.each<[string, Partial<LogSurvey>]>([
    ['a consumer in use', { consumers: [{ ...consumer(), durable: true, inUse: true }] }],
    ['one that goes by itself', { consumers: [{ ...consumer(), idleMs: 3 * DAY_MS }] }],
    [
      'a clock between the two times of ours',
      { clock: { serverMs: 5, askedMs: 0, answeredMs: 9 } },
    ],
    ['a newest message that is no event', { newest: { storedMs: NOW, payload: Buffer.from('x') } }],
    [
      'an event stored late',
      { newest: { storedMs: NOW, payload: Buffer.from(`{"time":"${iso(0)}"}`) } },
    ],
  ])('lets pass: %s', (_what, change) => {
    expect(wrongLog(change)).toEqual([]);
  });

  it('misses the stream', () => {
    expect(wrong({ log: null })).toMatchObject([{ check: 'stream', status: 'fail' }]);
  });

  it('misses buckets, and copies of them', () => {
    const gone = { ...BUCKET, name: 'chat_guests', present: false };
    expect(wrong({ buckets: [BUCKET, gone] })).toMatchObject([
      { check: 'buckets', status: 'fail', message: 'missing: chat_guests' },
    ]);
    expect(wrong({ buckets: [{ ...BUCKET, fileStorage: false }] })).toMatchObject([
      { check: 'buckets', status: 'fail', message: 'in memory only: chat_rooms' },
    ]);
    const three = { ...EXPECTED, replicas: 3 };
    const log = { ...LOG, replicas: 3 };
    expect(wrong({ log }, three)).toMatchObject([
      { check: 'buckets', status: 'warn', message: 'not of 3 replicas: chat_rooms' },
    ]);
  });

  it.each([
    [70, 'ok'],
    [90, 'warn'],
    [99, 'fail'],
  ])('looks at the storage of the account: %i %% is %s', (percent, status) => {
    const storage = { usedBytes: percent, limitBytes: 100 };
    const findings = checkNats({ ...SURVEY, storage }, EXPECTED);
    expect(findings.find(({ check }) => check === 'storage')).toMatchObject({ status });
  });

  it('knows that the embedded server has no websocket, and not what another has', () => {
    const version = '2.11.14';
    expect(wrong({ version })).toEqual([]);
    expect(wrong({ version }, { ...EXPECTED, embedded: false })).toMatchObject([
      { check: 'version', status: 'warn', message: expect.stringContaining('CVE-2026-33219') },
      { check: 'version', status: 'warn', message: expect.stringContaining('CVE-2026-33222') },
    ]);
    expect(wrong({ version: '2.10.21' })).toMatchObject([{ check: 'version', status: 'fail' }]);
  });
});

describe('a finding', () => {
  it('is one line, and one more with what to do', () => {
    const found = wrongLog({ fileStorage: false });
    expect(found.map(asText).join('')).toBe(
      'fail  durability  the log is in memory only\n' +
        '                  -> make CHATLOG anew with file storage\n',
    );
    expect(summaryOf(found)).toBe('1 check: 0 ok, 0 to look at, 1 failed\n');
  });
});

function consumer() {
  return { name: 'old', durable: false, inUse: false, pending: 0, idleMs: 0 };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
