import { z } from 'zod';
import type { ClockSurvey, LogSurvey, NewestMessage } from '../../bus/survey.ts';
import { durationText } from '../amounts.ts';
import { type Finding, ok, warn } from './finding.ts';

/**
 * Compares the clocks: that of this machine with that of NATS, and that of the chat-core that wrote the
 * newest message with that of NATS when it was stored.
 */
export function checkClocks({ clock, newest }: LogSurvey): Finding[] {
  return [
    ...(clock === null ? [] : [checkOwn(clock)]),
    ...(newest === null ? [] : checkWriter(newest)),
  ];
}

function checkOwn({ serverMs, askedMs, answeredMs }: ClockSurvey): Finding {
  // The server looked at its clock at a time between ours: only what is outside is a difference.
  const ahead = Math.max(0, serverMs - answeredMs);
  const behind = Math.max(0, askedMs - serverMs);
  const apart = Math.max(ahead, behind);
  if (apart <= APART_MS) return ok('clock', 'this machine and NATS have the same time');
  const which = ahead > 0 ? 'ahead of' : 'behind';
  const message = `NATS is ${durationText(apart)} ${which} this machine`;
  return warn('clock', message, 'let NTP set both clocks: times in the log are taken from them');
}

function checkWriter({ storedMs, payload }: NewestMessage): Finding[] {
  const written = writtenMs(payload);
  if (written === null) return [];
  const ahead = written - storedMs;
  // A little late is the way to NATS; late by much was stored after NATS had been away.
  if (ahead <= APART_MS) return [];
  return [
    warn(
      'clock',
      `the newest event is dated ${durationText(ahead)} after NATS stored it`,
      'set the clock of the chat-cores: times in the log never go back, so it stays ahead that long',
    ),
  ];
}

const dated = z.object({ time: z.iso.datetime() });

function writtenMs(payload: Uint8Array): number | null {
  try {
    return Date.parse(dated.parse(JSON.parse(Buffer.from(payload).toString('utf8'))).time);
  } catch {
    // No event, and `verify` says so.
    return null;
  }
}

const APART_MS = 1000;
