import type { Credentials } from '../domain/commands.ts';
import { isDisplayName } from '../domain/ids.ts';
import { refusal } from '../domain/refusals.ts';
import { type LoginAnswer, refuse } from '../domain/room-commands.ts';
import type { Account, Accounts } from './accounts.ts';
import type { Gate } from './gate.ts';
import { verifyPassword } from './passwords.ts';
import type { ForeignTokens, SessionTokens } from './tokens.ts';

export interface LoginParts {
  readonly accounts: Accounts;
  readonly sessions: SessionTokens;
  readonly foreign: ForeignTokens;
  /** Limits how many passwords are checked at once. */
  readonly gate: Gate;
  readonly guests: boolean;
  readonly now: () => number;
}

/**
 * Answers a login: who it is and a resume token, or `LOGIN_FAILED`, the same for every reason, or
 * `TRY_AGAIN` when too many wait. A wrong password and an unknown name take the same time.
 */
export async function authenticate(
  credentials: Credentials,
  parts: LoginParts,
): Promise<LoginAnswer> {
  const found = await identify(credentials, parts);
  if (found === 'BUSY') return refuse(refusal('TRY_AGAIN'));
  if (found === null) return refuse(refusal('LOGIN_FAILED'));
  const session = parts.sessions.issue(found.id, parts.now());
  return { ok: true, user: { id: found.id, name: found.name }, role: found.role, session };
}

async function identify(
  credentials: Credentials,
  parts: LoginParts,
): Promise<Account | 'BUSY' | null> {
  const { accounts, sessions, guests, now } = parts;
  switch (credentials.kind) {
    case 'password':
      return byPassword(credentials.user, credentials.password, parts);
    case 'token': {
      const id = await sessions.verify(credentials.token, now());
      return id === null ? byForeignToken(credentials.token, parts) : accounts.byId(id);
    }
    case 'guest': {
      const name = credentials.name.trim();
      return guests && isDisplayName(name) ? accounts.addGuest(name) : null;
    }
  }
}

async function byPassword(
  user: string,
  password: string,
  { accounts, gate }: LoginParts,
): Promise<Account | 'BUSY' | null> {
  const outcome = await gate.run(async () => {
    const account = await accounts.byName(user);
    const right = await verifyPassword(password, account?.password ?? null);
    return { account: right ? account : null };
  });
  return outcome === null ? 'BUSY' : outcome.account;
}

async function byForeignToken(
  token: string,
  { accounts, foreign, now }: LoginParts,
): Promise<Account | null> {
  const claims = await foreign.verify(token, now());
  if (claims === null) return null;
  const known = await accounts.byId(claims.sub);
  if (known !== null) {
    if (claims.role === undefined || claims.role === known.role) return known;
    await accounts.change(known.name, { role: claims.role });
    return { ...known, role: claims.role };
  }
  if (claims.name === undefined) return null;
  const made: Account = {
    id: claims.sub,
    name: claims.name,
    role: claims.role ?? 'member',
    password: null,
  };
  return (await accounts.add(made)) === 'added' ? made : null;
}
