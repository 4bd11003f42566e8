import type { Actor } from '../domain/events.ts';
import { accountId, messageId } from '../domain/ids.ts';
import { isRefusalCode, REFUSALS } from '../domain/refusals.ts';
import { type RoomCommand, roomCommand } from '../domain/room-commands.ts';

const OF_REPLAYS: Readonly<Record<string, string>> = {
  replay: 'The replay has begun.',
  pause: 'Paused.',
  resume: 'Going on.',
  stop: 'Stopped.',
  speed: 'The speed is set.',
  seek: 'Going on from there.',
};

const ACTS = ['kick', 'mute', 'unmute', 'ban', 'unban', 'announce'] as const;
type Act = (typeof ACTS)[number];

const DONE: Readonly<Record<Act, string>> = {
  kick: 'Kicked.',
  mute: 'Muted.',
  unmute: 'Unmuted.',
  ban: 'Banned.',
  unban: 'Unbanned.',
  announce: 'Announced.',
};

// What a button without a time means.
const USUAL_SECONDS: Readonly<Partial<Record<Act, number>>> = { mute: 3600, ban: 86_400 };

/** The command of a form, by the operator who sent it; null: it is none. */
export function commandOf(
  form: URLSearchParams,
  operator: Actor,
  newId: () => string,
): RoomCommand | null {
  const act = ACTS.find((name) => name === form.get('act'));
  if (act === undefined) return null;
  const common = { type: act, id: messageId.parse(newId()), from: operator, via: 'nats' };
  if (act === 'announce') {
    return roomCommand.safeParse({ ...common, text: form.get('text') ?? '' }).data ?? null;
  }
  const user = accountId.safeParse(form.get('user') ?? '').data;
  if (user === undefined) return null;
  const reason = form.get('reason')?.trim() ?? '';
  const about = { ...common, user, ...(reason === '' ? {} : { reason }) };
  const seconds = act === 'mute' || act === 'ban' ? secondsOf(form, act) : undefined;
  return roomCommand.safeParse(seconds === undefined ? about : { ...about, seconds }).data ?? null;
}

// The form for more has a field for the time: left empty, it lasts until it is undone.
function secondsOf(form: URLSearchParams, act: Act): number | undefined {
  if (!form.has('minutes')) return USUAL_SECONDS[act];
  const minutes = Number(form.get('minutes'));
  return minutes > 0 ? Math.round(minutes * 60) : undefined;
}

/** What is told after an act, from the address that the browser was sent to; null: nothing. */
export function toldBy(query: URLSearchParams): { ok: boolean; text: string } | null {
  const ofReplay = query.get('done') ?? '';
  if (Object.hasOwn(OF_REPLAYS, ofReplay)) return { ok: true, text: OF_REPLAYS[ofReplay] ?? '' };
  const done = ACTS.find((name) => name === query.get('done'));
  if (done !== undefined) return { ok: true, text: DONE[done] };
  const code = query.get('refused');
  return isRefusalCode(code) ? { ok: false, text: REFUSALS[code].message } : null;
}
