import { z } from 'zod';
import { codePointLength, isCanonicalText } from './text.ts';

/** The account id of the system itself: no person ever has it. */
export const SYSTEM_ID = '0';

const ROOM_ID = /^[A-Za-z0-9_-]{1,32}$/;
const ACCOUNT_ID = /^[1-9][0-9]{0,9}$/;

/**
 * A room id: 1-32 of `A-Z a-z 0-9 _ -` (protocol.md §5.1). It is a token of a NATS subject and an
 * attribute in XML, so nothing else may pass.
 */
export const roomId = z.string().regex(ROOM_ID, 'a room id').describe('A room id.');

/** An account id: a decimal from 1 to 2147483647, which every old client can hold in an integer. */
export const accountId = z
  .string()
  .regex(ACCOUNT_ID, 'an account id')
  .refine((id) => Number(id) <= MAX_ACCOUNT_ID, 'an account id')
  .describe('An account id, a decimal from 1 to 2147483647.');

export const MAX_ACCOUNT_ID = 2_147_483_647;

/** A name of an account or room: 1-32 code points, canonical, no line breaks, no blanks at the ends. */
export const displayName = z
  .string()
  .refine(isDisplayName, 'a name of 1 to 32 characters without control characters')
  .meta({ description: 'A name, to be shown.', minLength: 1, maxLength: 32 });

/** A message id that a client chose: 1-64 visible ASCII characters. */
export const messageId = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'a message id')
  .describe('Chosen by who asks. Asked again with the same id, nothing more is done.');

export function isRoomId(id: string): boolean {
  return ROOM_ID.test(id);
}

export function isAccountId(id: string): boolean {
  return ACCOUNT_ID.test(id) && Number(id) <= MAX_ACCOUNT_ID;
}

export function isDisplayName(name: string): boolean {
  if (PLAIN_NAME.test(name)) return true;
  const length = codePointLength(name);
  return (
    length >= 1 &&
    length <= 32 &&
    name.trim() === name &&
    isCanonicalText(name) &&
    !UNPRINTABLE.test(name)
  );
}

/** The form under which two names are the same name: `Ann`, `ann` and the full-width `ａｎｎ`. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

// Of printable ASCII, as most names are: there is nothing else to look at.
const PLAIN_NAME = /^[!-~](?:[ -~]{0,30}[!-~])?$/;
// Controls, line and paragraph separators, direction overrides and other invisible format characters.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
