import type { Subject } from './writer.ts';
import type { Zone } from './zone.ts';

/** What a transcript is of, for its head: `From 2026-03-01 00:00:00 to ...; times are UTC.` */
export function spanInWords({ since, until, person }: Subject, zone: Zone): string {
  const parts = [
    ...(since === null ? [] : [`from ${shown(since, zone)}`]),
    ...(until === null ? [] : [`to ${shown(until, zone)}`]),
    ...(person === null ? [] : [`only ${person}`]),
  ];
  const of = parts.length === 0 ? 'everything' : parts.join(', ');
  return `${of.charAt(0).toUpperCase()}${of.slice(1)}. Times are ${zone.name}.`;
}

/** A moment with day and time, as the clocks of a zone show it. */
export function shown(ms: number, zone: Zone): string {
  const { day, time } = zone.local(ms);
  return `${day} ${time}`;
}

/** What a transcript is called by the rooms that it is of. */
export function titleOf({ rooms }: Subject): string {
  const names = rooms.slice(0, NAMED_MAX).map(({ name }) => name);
  const rest = rooms.length - names.length;
  return rest === 0 ? names.join(', ') : `${names.join(', ')} and ${rest} more`;
}

const NAMED_MAX = 5;
