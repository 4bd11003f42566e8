import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { roomEvent } from '../../../src/domain/events.ts';
import { FORMATS, formatNamed } from '../../../src/transcripts/formats.ts';
import { PAGE_POLICY } from '../../../src/transcripts/html-writer.ts';
import type { Subject } from '../../../src/transcripts/writer.ts';
import type { Zone } from '../../../src/transcripts/zone.ts';
import { ANN, events, MEETING, utc, zoneNamed } from './story.ts';

const LOBBY = { id: '1', name: 'Lobby 1' };
const OTHER = { id: '2', name: 'A & <B>' };
const SUBJECT: Subject = {
  rooms: [LOBBY],
  ...{ since: null, until: null, person: null, madeAt: Date.parse('2026-11-25T00:00:00Z') },
};

async function written(
  format: string,
  zone: Zone = utc,
  subject: Subject = SUBJECT,
): Promise<string> {
  const writer = await formatNamed(format)?.writer(zone);
  if (writer === undefined) throw new Error(`there is no format ${format}`);
  const pieces = [writer.begin(subject)];
  for (const room of subject.rooms) {
    pieces.push(writer.room(room));
    if (room.id === '1') pieces.push(...MEETING.map((logged) => writer.entry(logged)));
  }
  return [...pieces, writer.end()].join('');
}

const SEVERAL = { ...SUBJECT, rooms: [LOBBY, OTHER], since: 0, person: 'ann' };
const PARIS = zoneNamed('Europe/Paris');

describe('a transcript', () => {
  it.each([
    ['text', 'txt'],
    ['json', 'jsonl'],
    ['xml', 'xml'],
    ['markdown', 'md'],
    ['html', 'html'],
  ])('as %s', async (format, ending) => {
    const folder = '../../vectors/transcripts';
    await expect(await written(format)).toMatchFileSnapshot(`${folder}/meeting.${ending}`);
    await expect(await written(format, PARIS, SEVERAL)).toMatchFileSnapshot(
      `${folder}/two-rooms-in-paris.${ending}`,
    );
  });

  it('as JSON Lines is the stored events and nothing else', async () => {
    const lines = (await written('json')).trimEnd().split('\n');
    const parsed = lines.map((line) => {
      const { seq, prev, ...event } = JSON.parse(line);
      return { seq, prev, event: roomEvent.parse(event) };
    });
    expect(parsed).toEqual(MEETING);
  });

  it('as XML is well-formed, and every text comes back', async () => {
    const texts: string[] = [];
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('text', (text) => {
      if (text.trim() !== '') texts.push(text);
    });
    parser.write(await written('xml', utc, SEVERAL)).close();
    const said = MEETING.flatMap(({ event }) => ('text' in event ? [event.text] : []));
    expect(texts).toEqual(expect.arrayContaining(said));
  });

  it('as a page has no tag, script or address of anybody else', async () => {
    const page = await written('html', PARIS, SEVERAL);
    const tags = new Set([...page.matchAll(/<(\/?[a-z0-9]+)/g)].map(([, tag = '']) => tag));
    const own = 'html head meta title style body header h1 h2 h3 small p main section ol li time';
    const known = new Set(`${own} div b bdi footer`.split(' ').flatMap((tag) => [tag, `/${tag}`]));
    expect([...tags].filter((tag) => !known.has(tag))).toEqual([]);
    expect(page).not.toMatch(/https?:|url\(|@import|src=|href=/);
    expect(page).toContain(`content="${PAGE_POLICY}"`);
  });

  it('keeps nothing of what it wrote', async () => {
    const [said] = events('1', '2026-03-27T12:00:00.000Z', [
      { type: 'message.posted', from: ANN, text: 'x'.repeat(100) },
    ]);
    if (said === undefined) throw new Error('no event');
    for (const { writer } of FORMATS) {
      const one = await writer(utc);
      one.begin(SUBJECT);
      one.room(LOBBY);
      one.entry(said);
      expect(one.entry(said)).toBe(one.entry(said));
      expect(JSON.stringify(Object.values(one)).length).toBeLessThan(100);
    }
  });
});

it('formats are known by name and by the ending of a file', () => {
  for (const format of FORMATS) {
    for (const name of [format.name, ...format.extensions]) expect(formatNamed(name)).toBe(format);
  }
  expect(formatNamed('pdf')).toBe(null);
});
