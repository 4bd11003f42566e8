import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { HttpError, SAFE_HEADERS } from './http.ts';
import type { Transcripts } from './transcripts.ts';

/** Sends a transcript as a file, as fast as it is taken. Throws `HttpError` when there is none. */
export async function sendTranscript(
  room: string,
  query: URLSearchParams,
  transcripts: Transcripts,
  response: ServerResponse,
): Promise<void> {
  const format = query.get('format') ?? 'html';
  if (!transcripts.formats.includes(format)) throw new HttpError(400, 'There is no such format.');
  const wanted = { room, format, since: dayOf(query, 'since'), until: dayOf(query, 'until') };
  const begin = (mediaType: string, fileName: string) => {
    response.writeHead(200, {
      ...SAFE_HEADERS,
      // A page of its own brings its style along, and runs nothing.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'content-type': mediaType,
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
    });
  };
  const write = async (text: string) => {
    if (response.destroyed) throw new HttpError(400, 'The reader went away.');
    if (!response.write(text))
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
  };
  const outcome = await transcripts.write(wanted, begin, write);
  if (outcome === 'empty') throw new HttpError(404, 'Nothing ever happened in that room.');
  response.end();
}

function dayOf(query: URLSearchParams, name: string): string | null {
  const day = query.get(name) ?? '';
  if (day === '') return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) {
    throw new HttpError(400, 'A day is like 2026-11-23.');
  }
  return day;
}
