import { HtmlWriter } from './html-writer.ts';
import { JsonWriter } from './json-writer.ts';
import { MarkdownWriter } from './markdown-writer.ts';
import { TextWriter } from './text-writer.ts';
import type { TranscriptWriter } from './writer.ts';
import type { Zone } from './zone.ts';

/** A form of transcripts, and how a file of it is known. */
export interface Format {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly mediaType: string;
  writer(zone: Zone): TranscriptWriter | Promise<TranscriptWriter>;
}

export const FORMATS: readonly Format[] = [
  {
    name: 'text',
    extensions: ['txt', 'log'],
    mediaType: 'text/plain; charset=utf-8',
    writer: (zone) => new TextWriter(zone),
  },
  {
    name: 'json',
    extensions: ['jsonl', 'ndjson', 'json'],
    mediaType: 'application/x-ndjson',
    writer: () => new JsonWriter(),
  },
  {
    name: 'xml',
    extensions: ['xml'],
    mediaType: 'application/xml',
    // What it builds XML with takes longer to load than a short room to read.
    writer: async () => new (await import('./xml-writer.ts')).XmlWriter(),
  },
  {
    name: 'markdown',
    extensions: ['md', 'markdown'],
    mediaType: 'text/markdown; charset=utf-8',
    writer: (zone) => new MarkdownWriter(zone),
  },
  {
    name: 'html',
    extensions: ['html', 'htm'],
    mediaType: 'text/html; charset=utf-8',
    writer: (zone) => new HtmlWriter(zone),
  },
];

/** The format of a name or of a file's extension, `markdown` or `md`; null: there is none. */
export function formatNamed(name: string): Format | null {
  return FORMATS.find((format) => format.name === name || format.extensions.includes(name)) ?? null;
}
