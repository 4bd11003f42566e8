import { randomBytes } from 'node:crypto';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import type { Account, Accounts } from '../core/accounts.ts';
import { digestOfKey, makeBotKey } from '../core/bot-keys.ts';
import { openStores } from '../core/open-core.ts';
import { hashPassword } from '../core/passwords.ts';
import { accountId, isDisplayName } from '../domain/ids.ts';
import {
  COMMON_HELP,
  COMMON_OPTIONS,
  type Command,
  CommandError,
  type Io,
  parsing,
  UsageError,
} from './command.ts';
import { readPassword } from './read-password.ts';
import { onSystem } from './system.ts';

export const users: Command = {
  help: `usage: xmlsocket-relay users add NAME [--id N] [--role member|moderator] [--password-stdin]
       xmlsocket-relay users add NAME --bot [--id N] [--role member|moderator]
       xmlsocket-relay users key NAME
       xmlsocket-relay users passwd NAME [--password-stdin]
       xmlsocket-relay users role NAME member|moderator
       xmlsocket-relay users remove NAME
       xmlsocket-relay users list

Works on the accounts of a running system. Passwords are asked for at the terminal, never taken from
the command line. Somebody who is logged in stays so when the account changes or goes. A bot has a key
instead of a password: it is printed once, by add --bot, and anew by key, which makes the old one void.

  --id N             the account's id, 1 to 999999999; the lowest free one above all others if left out
  --role ROLE        member (the default) or moderator
  --bot              makes the account of a program that speaks over NATS, and prints its key last
  --password-stdin   reads the password from the first line of stdin
  --json             prints accounts as JSON Lines
${COMMON_HELP}
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: OPTIONS, allowPositionals: true }),
      { min: 1, max: 3 },
    );
    const [action = '', ...operands] = positionals;
    const verb = Object.hasOwn(VERBS, action) ? VERBS[action] : undefined;
    if (verb === undefined) throw new UsageError(`there is no 'users ${action}'`);
    if (operands.length !== verb.operands) {
      throw new UsageError(`users ${action} takes ${verb.operands} argument(s)`);
    }
    const order = { ...values, name: operands[0] ?? '', role: operands[1] ?? values.role };
    await verb.run({ order, loaded: loadConfig(io.env, values.config), io });
    return 0;
  },
};

const OPTIONS = {
  ...COMMON_OPTIONS,
  id: { type: 'string' },
  role: { type: 'string', default: 'member' },
  bot: { type: 'boolean', default: false },
  'password-stdin': { type: 'boolean', default: false },
} as const;

interface Work {
  readonly order: {
    readonly name: string;
    readonly role: string;
    readonly id?: string | undefined;
    readonly bot: boolean;
    readonly 'password-stdin': boolean;
    readonly json: boolean;
  };
  readonly loaded: LoadedConfig;
  readonly io: Io;
}

interface Verb {
  readonly operands: number;
  run(work: Work): Promise<void>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  add: { operands: 1, run: add },
  key: { operands: 1, run: changeKey },
  passwd: { operands: 1, run: changePassword },
  role: { operands: 2, run: changeRole },
  remove: { operands: 1, run: remove },
  list: { operands: 0, run: list },
};

async function add(work: Work): Promise<void> {
  const { name, role, password } = await readNew(work);
  const { account, key } = await onAccounts(work, async (accounts) => {
    const id = work.order.id ?? (await accounts.freeId());
    const key = work.order.bot ? newKey(id) : null;
    const own = key === null ? {} : { key: digestOfKey(key) };
    const account: Account = { id, name, role, password, ...own };
    const outcome = await accounts.add(account);
    if (outcome === 'NAME_TAKEN') throw new CommandError(`there is an account '${name}' already`);
    if (outcome === 'ID_TAKEN') throw new CommandError(`the id ${id} is not free`);
    return { account, key };
  });
  await show(work, account, key);
}

async function readNew({ order, io }: Work): Promise<Pick<Account, 'name' | 'role' | 'password'>> {
  const { name, id, bot, 'password-stdin': fromStdin } = order;
  const role = readRole(order.role);
  if (!isDisplayName(name)) throw new UsageError('that cannot be a name: 1 to 32 characters');
  if (id !== undefined && !accountId.safeParse(id).success) {
    throw new UsageError('--id must be a number from 1 to 999999999');
  }
  if (bot && fromStdin) throw new UsageError('a bot has a key and no password');
  return {
    name,
    role,
    password: bot ? null : await hashPassword(await readPassword(io, fromStdin)),
  };
}

async function changeKey(work: Work): Promise<void> {
  const { name } = work.order;
  const { account, key } = await onAccounts(work, async (accounts) => {
    const account = await accounts.byName(name);
    if (account === null) throw new CommandError(`there is no account '${name}'`);
    if (account.key === undefined) throw new CommandError(`'${name}' is no bot, see users passwd`);
    const key = newKey(account.id);
    await accounts.change(name, { key: digestOfKey(key) });
    return { account, key };
  });
  await show(work, account, key);
}

function newKey(id: string): string {
  return makeBotKey(id, randomBytes(32));
}

async function changePassword(work: Work): Promise<void> {
  const password = await hashPassword(await readPassword(work.io, work.order['password-stdin']));
  await change(work, { password });
}

async function changeRole(work: Work): Promise<void> {
  await change(work, { role: readRole(work.order.role) });
}

async function remove(work: Work): Promise<void> {
  const { name } = work.order;
  const removed = await onAccounts(work, (accounts) => accounts.remove(name));
  if (!removed) throw new CommandError(`there is no account '${name}'`);
}

async function list(work: Work): Promise<void> {
  const accounts = await onAccounts(work, (stored) => stored.list());
  for (const account of accounts) await show(work, account);
}

async function change(work: Work, what: Partial<Pick<Account, 'role' | 'password'>>) {
  const { name } = work.order;
  const changed = await onAccounts(work, async (accounts) => {
    const isBot = (await accounts.byName(name))?.key !== undefined;
    if (isBot && what.password !== undefined) {
      throw new CommandError(`'${name}' is a bot, see users key`);
    }
    return (await accounts.change(name, what)) ? accounts.byName(name) : null;
  });
  if (changed === null) throw new CommandError(`there is no account '${name}'`);
  await show(work, changed);
}

async function onAccounts<T>(
  { loaded: { config } }: Work,
  work: (accounts: Accounts) => Promise<T>,
): Promise<T> {
  return onSystem(config, async (bus) =>
    work((await openStores(bus, config.bus.replicas)).accounts),
  );
}

function readRole(role: string): 'member' | 'moderator' {
  if (role === 'member' || role === 'moderator') return role;
  throw new UsageError('the role must be member or moderator');
}

async function show({ order, io }: Work, account: Account, key: string | null = null) {
  const { id, name, role } = account;
  const bot = account.key === undefined ? {} : { bot: true };
  const shown = { id, name, role, ...bot, ...(key === null ? {} : { key }) };
  const columns = [id, name, role, ...(account.key === undefined ? [] : ['bot']), key ?? []].flat();
  await io.print(order.json ? `${JSON.stringify(shown)}\n` : `${columns.join('\t')}\n`);
}
