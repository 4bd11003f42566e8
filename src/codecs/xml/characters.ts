import { isUtf8 } from 'node:buffer';

export type InvalidUtf8 = 'refuse' | 'windows-1252';

export interface Characters {
  readonly text: string;
  /** True when the frame was no UTF-8 and was read as Windows-1252. */
  readonly fellBack: boolean;
}

/** The characters of a frame; null when it is no UTF-8 and such frames are refused. */
export function readCharacters(frame: Buffer, invalidUtf8: InvalidUtf8): Characters | null {
  if (isUtf8(frame)) return { text: frame.toString('utf8'), fellBack: false };
  if (invalidUtf8 === 'refuse') return null;
  // TextDecoder of Node 20 reads windows-1252 as Latin-1, so the 32 characters that differ are here.
  const text = frame
    .toString('latin1')
    .replace(/[\u0080-\u009F]/g, (byte) => WINDOWS_1252.charAt(byte.charCodeAt(0) - 0x80));
  return { text, fellBack: true };
}

// 0x80 to 0x9F; the five bytes without a character stay the control characters they are in Latin-1.
const WINDOWS_1252 =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';
