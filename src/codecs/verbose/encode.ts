import type { Reply } from '../../domain/replies.ts';
import type { CompactEncoder } from '../compact/encode.ts';
import { element, type Markup } from '../xml/build.ts';

export interface LoginOptions {
  readonly value: (value: string) => string;
  /** `0` as printed in 2004, or empty. */
  readonly refusedStatus: string;
}

/** The answer to a login, or null for any other reply. Its clients read the children by position. */
export function login(
  reply: Reply,
  encoder: CompactEncoder,
  { value, refusedStatus }: LoginOptions,
): readonly Markup[] | null {
  if (reply.type === 'welcome') {
    const children = [
      element('user_id', {}, reply.user.id),
      element('username', {}, value(reply.user.name)),
      element('login_error', {}),
    ];
    return [element('login', { login_status: '1' }, children), encoder.rooms(reply)];
  }
  if (reply.type === 'error' && reply.during === 'login') {
    const problem = element('login_error', {}, value(reply.refusal.message));
    return [element('login', { login_status: refusedStatus }, [problem])];
  }
  return null;
}
