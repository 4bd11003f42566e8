import type { Actor } from '../domain/events.ts';
import { roomId } from '../domain/ids.ts';
import { REPLAY_ACTS, type ReplayAct, type WantedReplay } from './replays.ts';

/** What a form asks to be told again; null: it is none. */
export function wantedReplayOf(
  room: string,
  form: URLSearchParams,
  by: Actor,
): WantedReplay | null {
  const to = roomId.safeParse(form.get('to')).data;
  const speed = speedOf(form.get('speed'));
  const [since, until] = [dayOf(form.get('since')), dayOf(form.get('until'))];
  const maxPause = form.get('max-pause') ?? '';
  const maxPauseSeconds = maxPause === '' ? null : Number(maxPause);
  const isWrong =
    to === undefined || to === room || speed === null || since === false || until === false;
  if (isWrong || (maxPauseSeconds !== null && !(maxPauseSeconds > 0))) return null;
  return { room, to, since, until, speed, maxPauseSeconds, by };
}

export interface WantedAct {
  readonly act: ReplayAct;
  readonly value: number | 'max' | null;
}

/** What is to become of a replay; null: the form is none. */
export function replayActOf(form: URLSearchParams): WantedAct | null {
  const act = REPLAY_ACTS.find((name) => name === form.get('act'));
  if (act === undefined) return null;
  if (act === 'speed') {
    const value = speedOf(form.get('speed'));
    return value === null ? null : { act, value };
  }
  if (act !== 'seek') return { act, value: null };
  // The field has no zone: it means UTC, as everything there.
  const time = Date.parse(`${form.get('time') ?? ''}Z`);
  return Number.isNaN(time) ? null : { act, value: time };
}

function speedOf(text: string | null): number | 'max' | null {
  if (text === 'max') return 'max';
  const speed = Number(text ?? '');
  return speed > 0 && speed <= 10_000 ? speed : null;
}

function dayOf(text: string | null): string | null | false {
  if (text === null || text === '') return null;
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : false;
}
