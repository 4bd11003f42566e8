import type { Keeps } from '../bus/log-retention.ts';
import { bytesText, durationText } from './amounts.ts';

/** What a log keeps, in words: `everything`, or its limits. */
export function keepsText({ maxAgeMs, maxBytes, maxMessages, maxMessagesPerRoom }: Keeps): string {
  const limits = [
    ...(maxAgeMs === null ? [] : [`nothing older than ${durationText(maxAgeMs)}`]),
    ...(maxBytes === null ? [] : [`at most ${bytesText(maxBytes)}`]),
    ...(maxMessages === null ? [] : [`at most ${maxMessages} messages`]),
    ...(maxMessagesPerRoom === null ? [] : [`at most ${maxMessagesPerRoom} messages of a room`]),
  ];
  return limits.length === 0 ? 'everything' : limits.join(' and ');
}
