import type { RoomEvent } from '../domain/events.ts';
import { nameKey } from '../domain/ids.ts';

/** Whether events are of a person, by the name that it had then: what it said, did, or what befell it. */
export function isOf(person: string): (event: RoomEvent) => boolean {
  const key = nameKey(person);
  return (event) =>
    nameKey(event.from.name) === key || ('member' in event && nameKey(event.member.name) === key);
}
