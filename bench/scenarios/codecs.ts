import type { Codec } from '../../src/codecs/codec.ts';
import { createJsonCodec } from '../../src/codecs/json/codec.ts';
import { DIALECTS } from '../../src/codecs/registry.ts';
import type { Logged } from '../../src/domain/events.ts';
import type { Reply } from '../../src/domain/replies.ts';
import { median } from '../lib/statistics.ts';
import { short, table } from '../lib/table.ts';
import type { Section, Settings } from './section.ts';

const TEXT = 'Hello everyone in here, is the meeting still at nine?';
const OPTIONS = {
  frameMaxBytes: 32_768,
  invalidUtf8: 'refuse',
  announceToEntrant: true,
  verboseEmptyStatus: false,
  verbosePercent: false,
  palabreLobby: '1',
} as const;
const SAY: Readonly<Record<string, string>> = {
  json: JSON.stringify({ type: 'say', room: '1', text: TEXT, ref: 1 }),
  compact: `<msg from_id="6" room_id="1">${TEXT}</msg>`,
  verbose: `<msg from_id="6" room_id="1">${TEXT}</msg>`,
  palabre: `<m t="1" b="${TEXT}"/>`,
  smartfox1: `<msg t="sys"><body action="pubMsg" r="1"><txt><![CDATA[${TEXT}]]></txt></body></msg>`,
};

const enobrev = { id: '6', name: 'enobrev' };
const members = Array.from({ length: 100 }, (_, index) => {
  return { id: String(index + 1), name: `member${index}` };
});
const view = {
  room: '1',
  name: 'Lobby 1',
  members: new Map(members.map((member) => [member.id, member])),
};
const posted: Logged = {
  seq: 58,
  prev: 57,
  event: {
    ...{ v: 1, id: 'abc-123', n: 17, type: 'message.posted', room: '1' },
    ...{ time: '2026-11-23T06:55:35.123Z', from: enobrev, text: TEXT, via: 'json' },
  },
};
const list: Reply = { type: 'members', room: '1', members };

/** What one frame costs each codec, in this process. */
export async function codecs({ seconds }: Settings): Promise<Section> {
  const all = [createJsonCodec(OPTIONS), ...DIALECTS.map((dialect) => dialect.create(OPTIONS))];
  const rows = all.map((codec) => [codec.name, ...costsOf(codec, seconds).map(short)]);
  const parsed = microseconds(() => JSON.parse(SAY['json'] ?? ''), seconds);
  const parts = [
    table(['us a frame', 'decode say', 'encode message', 'encode a roster of 100'], rows),
    `JSON.parse of the same say: ${short(parsed)} us.`,
  ];
  return { title: 'Decoding and encoding', parts };
}

function costsOf(codec: Codec, seconds: number): number[] {
  const frame = Buffer.from(SAY[codec.name] ?? '');
  return [
    () => codec.decode(frame),
    () => codec.encodeEvent(posted, view),
    () => codec.encodeReply(list),
  ].map((work) => microseconds(work, seconds));
}

function microseconds(work: () => unknown, seconds: number): number {
  const rounds: number[] = [];
  const end = performance.now() + seconds * 300;
  while (performance.now() < end || rounds.length < 3) {
    const before = process.cpuUsage();
    for (let count = 0; count < COUNT; count += 1) work();
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / COUNT);
  }
  return median(rounds);
}

const COUNT = 500;
