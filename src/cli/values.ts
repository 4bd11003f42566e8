import { UsageError } from './command.ts';

/** Reads a time, UTC unless it names a zone, as milliseconds since 1970; null when left out. */
export function parseTime(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const [, day, time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const ms = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(ms)) {
    throw new UsageError(`${option} must be a time like 2026-11-23 or 2026-11-23T06:55:35Z`);
  }
  return ms;
}

/** Reads a whole number of at least 1; null when left out. */
export function parseCount(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw new UsageError(`${option} must be a whole number from 1`);
  }
  return Number(text);
}

const TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;
