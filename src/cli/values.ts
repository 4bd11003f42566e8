import { Zone } from '../transcripts/zone.ts';
import { UsageError } from './command.ts';

/**
 * Reads a time as milliseconds since 1970; null when left out. It is one of `zone`, unless it names
 * another; a day or a month stands for its first moment.
 */
export function parseTime(text: string | undefined, option: string, zone: Zone): number | null {
  if (text === undefined) return null;
  const [, month, day = '01', time = '00:00', offset = ''] = TIME.exec(text) ?? [];
  const ms =
    month === undefined ? Number.NaN : Date.parse(`${month}-${day}T${time}${offset || 'Z'}`);
  if (Number.isNaN(ms)) {
    throw new UsageError(
      `${option} must be a time like 2026-11, 2026-11-23 or 2026-11-23T06:55:35Z`,
    );
  }
  return offset === '' ? zone.momentOf(ms) : ms;
}

/** Reads the name of a time zone. */
export function parseZone(text: string): Zone {
  const zone = Zone.named(text);
  if (zone === null) throw new UsageError('--tz must be a time zone like UTC or Europe/Paris');
  return zone;
}

/** Reads a whole number of at least 1; null when left out. */
export function parseCount(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw new UsageError(`${option} must be a whole number from 1`);
  }
  return Number(text);
}

/** Reads a number above 0, with a point if need be; null when left out. */
export function parseNumber(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const number = /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (number <= 0) throw new UsageError(`${option} must be a number above 0`);
  return number;
}

/** Reads a sequence of the log, from 0; null when left out. */
export function parseSeq(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (!/^[0-9]{1,15}$/.test(text)) throw new UsageError(`${option} must be a sequence of the log`);
  return Number(text);
}

const TIME =
  /^(\d{4}-\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?)?$/;
