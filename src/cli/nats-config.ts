import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IMPORTED_API, type NatsUser, natsAccounts, type UserKind } from '../bus/nats-accounts.ts';
import { makePassword, makeSeed, proofOfPassword, proofOfSeed } from '../bus/nats-secrets.ts';
import { BUCKET_NAMES } from '../core/bucket-names.ts';
import { COMMON_OPTIONS, type Command, CommandError, parsing, UsageError } from './command.ts';
import { ownVersion } from './version.ts';

export const natsConfig: Command = {
  help: `usage: xmlsocket-relay nats-config DIR [--integrator NAME]... [--bot NAME]... [--nkey NAME]...
                                   [--listen HOST:PORT --store-dir PATH]

Prints accounts and users for a nats-server: core, operator, relay, and programs that read rooms
(integrators) or speak in them, too (bots). Each can do what it must and nothing else. It has no secrets
in it: those are in DIR, a file for each user, which are made when they are not there and kept when they
are. Save what is printed and name it in the server's configuration: include "chat-accounts.conf".

  --integrator NAME  a program that reads; one called integrator if left out
  --bot NAME         a program that speaks; one called bot if left out
  --nkey NAME        this user proves who it is with an nkey, not a password
  --listen HOST:PORT prints a whole configuration of a server that listens there
  --store-dir PATH   and keeps the log there
  --help             prints this
`,
  run: async (args, io) => {
    const { values, positionals } = parsing(
      (parse) => parse({ args, options: OPTIONS, allowPositionals: true }),
      { min: 1, max: 1 },
    );
    const [folder = ''] = positionals;
    const { integrator = ['integrator'], bot = ['bot'], nkey = [], listen } = values;
    const wanted = wantedUsers(integrator, bot);
    const unknown = nkey.find((name) => !wanted.some((user) => user.name === name));
    if (unknown !== undefined) throw new UsageError(`--nkey: there is no user '${unknown}'`);
    if ((listen === undefined) !== (values['store-dir'] === undefined)) {
      throw new UsageError('--listen and --store-dir belong together');
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const users = await Promise.all(
      wanted.map(async (user) => ({ ...user, ...(await secretOf(user, folder, nkey)) })),
    );
    await io.print(
      [
        ...header(users),
        ...(listen === undefined ? [] : server(listen, values['store-dir'] ?? '')),
        natsAccounts(users, BUCKET_NAMES),
      ].join('\n'),
    );
    return 0;
  },
};

const OPTIONS = {
  help: COMMON_OPTIONS.help,
  integrator: { type: 'string', multiple: true },
  bot: { type: 'string', multiple: true },
  nkey: { type: 'string', multiple: true },
  listen: { type: 'string' },
  'store-dir': { type: 'string' },
} as const;

interface Wanted {
  readonly name: string;
  readonly kind: UserKind;
}

function wantedUsers(integrators: readonly string[], bots: readonly string[]): Wanted[] {
  const users: Wanted[] = [
    ...(['core', 'operator', 'relay'] as const).map((kind) => ({ name: kind, kind })),
    ...integrators.map((name) => ({ name, kind: 'integrator' }) as const),
    ...bots.map((name) => ({ name, kind: 'bot' }) as const),
  ];
  for (const { name } of users) {
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(name)) {
      throw new UsageError(`'${name}' cannot be a user: 1 to 32 of A-Z a-z 0-9 _ -`);
    }
    if (users.filter((user) => user.name === name).length > 1) {
      throw new UsageError(`there are two users called '${name}'`);
    }
  }
  return users;
}

interface Secret {
  readonly file: string;
  readonly proof: NatsUser['proof'];
}

async function secretOf(
  { name }: Wanted,
  folder: string,
  nkeys: readonly string[],
): Promise<Secret> {
  if (!nkeys.includes(name)) {
    const file = join(folder, `${name}.password`);
    return { file, proof: await proofOfPassword(await kept(file, makePassword)) };
  }
  const file = join(folder, `${name}.nk`);
  const seed = await kept(file, makeSeed);
  try {
    return { file, proof: proofOfSeed(seed) };
  } catch (cause) {
    throw new CommandError(`${file} does not hold the seed of an nkey`, { cause });
  }
}

/** What a file holds; made, readable by its owner alone, if it is not there. */
async function kept(file: string, make: () => string): Promise<string> {
  const made = make();
  try {
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const found = (await readFile(file, 'utf8')).trim();
    if (found === '') throw new CommandError(`${file} is empty`);
    return found;
  }
}

function header(users: readonly (Wanted & Secret)[]): string[] {
  const lines = users.map(({ name, kind, file, proof }) => {
    const login =
      'nkey' in proof
        ? `RELAY_NATS_NKEY_FILE=${file}`
        : `RELAY_NATS_USER=${name} RELAY_NATS_PASSWORD_FILE=${file}`;
    if (kind === 'relay') return `#   relay     ${login} RELAY_NATS_API_PREFIX=${IMPORTED_API}`;
    if (kind === 'core' || kind === 'operator') return `#   ${kind.padEnd(9)} ${login}`;
    return `#   ${kind.padEnd(9)} ${name}: ${file}, inboxes _INBOX.${name}, API prefix ${IMPORTED_API}`;
  });
  return [
    `# Accounts and users for xmlsocket-relay ${ownVersion()}, printed by its command nats-config.`,
    '# It has no secrets in it. How each logs in:',
    ...lines,
    '',
  ];
}

function server(listen: string, storeDir: string): string[] {
  return [
    `listen: ${JSON.stringify(listen)}`,
    `jetstream { store_dir: ${JSON.stringify(storeDir)} }`,
    '',
  ];
}
