import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BusConnection } from '../../src/bus/bus-connection.ts';
import type { LogReader } from '../../src/bus/log-reader.ts';
import { logSubjectOfRoom, logSubjectOfUser } from '../../src/bus/subjects.ts';
import { contextOf, type Hit, isOfRoom, type Search, searchLog } from '../../src/cli/search-log.ts';
import type { RoomEvent } from '../../src/domain/events.ts';
import { Query } from '../../src/transcripts/query.ts';
import { ANN, ENOBREV, posted, TestLog, whispered } from '../support/log.ts';

const EVERYWHERE: Omit<Search, 'query'> = {
  ...{ room: null, person: null, since: null, until: null, whispers: false },
};
const DAY = 86_400_000;
const START = Date.parse('2026-03-01T12:00:00Z');

// Other work on the machine may make it wait.
const FILLED_WITHIN_MS = 120_000;

let log: TestLog;
let bus: BusConnection;
let reader: LogReader;

beforeAll(async () => {
  log = await TestLog.start();
  const opened = await log.open();
  ({ bus, reader } = opened);
  const last = new Map<string, number>();
  const append = async (subject: string, event: object) => {
    const { seq } = await opened.writer.append({
      ...{ subject, payload: JSON.stringify(event), messageId: crypto.randomUUID(), hash: null },
      expectedLast: subject.startsWith('chatlog.room') ? (last.get(subject) ?? 0) : null,
      deadline: performance.now() + FILLED_WITHIN_MS,
    });
    last.set(subject, seq);
  };
  const texts = ['Hello', 'The Deadline is Friday.', 'no headline', 'L’échéance', 'deadlines: two'];
  for (const [index, text] of texts.entries()) {
    for (const room of ['1', 'gone']) {
      await append(logSubjectOfRoom(room), at(index, posted(room, index + 1, `${text} ${room}`)));
    }
  }
  const bob = { ...at(5, posted('1', 6, 'bob on deadlines')), from: ENOBREV };
  await append(logSubjectOfRoom('1'), bob);
  await append(logSubjectOfRoom('1'), { not: 'an event', text: 'deadline' });
  await append(logSubjectOfUser('6'), whispered('w', 'a secret deadline'));
}, FILLED_WITHIN_MS);

afterAll(() => log.stop());

describe('a search', () => {
  it.each<[what: string, words: string, where: Partial<Search>, found: readonly string[]]>([
    [
      'in every room, in the order of the log',
      'deadline',
      {},
      [
        ...['The Deadline is Friday. 1', 'The Deadline is Friday. gone'],
        ...['deadlines: two 1', 'deadlines: two gone', 'bob on deadlines'],
      ],
    ],
    ['for a phrase', '"deadline is friday"', { room: '1' }, ['The Deadline is Friday. 1']],
    ['without accents', 'echeance', { room: 'gone' }, ['L’échéance gone']],
    ['for a person', 'deadline', { person: 'ENOBREV' }, ['bob on deadlines']],
    ['for all that a person said', '', { person: 'enobrev' }, ['bob on deadlines']],
    [
      'in a time',
      'deadline',
      { since: START + 4 * DAY, until: START + 5 * DAY },
      ['deadlines: two 1', 'deadlines: two gone'],
    ],
    [
      'in private messages, when asked to',
      'deadline',
      { whispers: true, since: START + 5 * DAY },
      ['bob on deadlines', 'a secret deadline'],
    ],
    ['for what nobody said', 'nothing', {}, []],
    ['in a room where nothing ever happened', 'deadline', { room: 'nowhere' }, []],
  ])('%s', async (_what, words, where, found) => {
    expect((await hits(words, where)).map(({ event }) => event.text)).toEqual(found);
  });

  it('says where each is, and what was around it', async () => {
    const [hit] = await hits('friday', { room: '1' });
    if (hit === undefined || !isOfRoom(hit)) throw new Error('not found');
    expect((await reader.at(hit.seq))?.subject).toBe('chatlog.room.1');
    const { before, after } = await contextOf(reader, hit, 2);
    expect(textsOf(before)).toEqual(['Hello 1']);
    expect(textsOf(after)).toEqual(['no headline 1', 'L’échéance 1']);
  });

  it('tells how far it is', async () => {
    const told: [number, number][] = [];
    const search = { ...EVERYWHERE, query: new Query('deadline') };
    for await (const _hit of searchLog(bus, reader, search, (...so) => told.push(so)));
    expect(told.at(-1)).toEqual([12, 1]);
  });
});

async function hits(words: string, where: Partial<Search>): Promise<Hit[]> {
  const search = { ...EVERYWHERE, ...where, query: new Query(words) };
  const found: Hit[] = [];
  for await (const hit of searchLog(bus, reader, search, () => undefined)) found.push(hit);
  return found;
}

function textsOf(events: readonly { event: RoomEvent }[]): string[] {
  return events.flatMap(({ event }) => ('text' in event ? [event.text] : []));
}

function at(day: number, event: RoomEvent): RoomEvent {
  return { ...event, from: ANN, time: new Date(START + day * DAY).toISOString() };
}
