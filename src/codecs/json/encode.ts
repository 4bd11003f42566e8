import type { Logged, WhisperEvent } from '../../domain/events.ts';
import type { Reply } from '../../domain/replies.ts';
import type { Ref } from '../codec.ts';

/** A reply as it stands on the JSON wire (protocol.md §4). */
export function replyBody(reply: Reply, ref: Ref | undefined): object {
  const echoed = ref === undefined ? {} : { ref };
  if (reply.type !== 'error') return { ...bodyOf(reply), ...echoed };
  const { code, message } = reply.refusal;
  return { type: 'error', ...echoed, code, message };
}

function bodyOf(reply: Exclude<Reply, { readonly type: 'error' }>): object {
  switch (reply.type) {
    case 'welcome': {
      const { isModerator: _isModerator, ...body } = reply;
      return body;
    }
    case 'joined': {
      const { entrant: _entrant, announced: _announced, ...body } = reply;
      return body;
    }
    case 'said-in-rooms':
      return { ...reply, type: 'said' };
    case 'history':
      return { ...reply, events: reply.events.map(eventBody) };
    case 'whispers':
      return { ...reply, events: reply.events.map(whisperBody) };
    default:
      return reply;
  }
}

/**
 * An event as members hear it: the canonical event without `v` and `via`, because nobody in a room can
 * tell which wire another uses, and with its place in the log.
 */
export function eventBody({ seq, prev, event }: Logged): object {
  const { v: _v, via: _via, type, room, n, id, time, from, ...own } = event;
  return { type, room, seq, prev, n, id, time, from, ...own };
}

export function whisperBody({ seq, event }: Logged<WhisperEvent>): object {
  const { type, id, time, from, to, text } = event;
  return { type, seq, id, time, from, to, text };
}
