import { readFileSync } from 'node:fs';
import { type BusLogin, loginOptions } from '../bus/bus-login.ts';
import { ConfigError } from '../config/load.ts';
import type { Config } from '../config/schema.ts';

/**
 * How a process logs in to the NATS that is configured; the embedded one has its login in its address.
 * Throws `ConfigError` when two ways are configured, one is incomplete, or a file cannot be read or
 * holds something else.
 */
export function busLogin(config: Config): { login: BusLogin | null; apiPrefix: string } {
  if (config.natsUrl === null) return { login: null, apiPrefix: JETSTREAM_API };
  const { natsUser, natsPassword, natsPasswordFile, natsNkeyFile, natsCredsFile } = config;
  const ways = [natsUser, natsNkeyFile, natsCredsFile].filter((way) => way !== null);
  if (ways.length > 1) {
    throw new ConfigError('natsUser, natsNkeyFile, natsCredsFile: only one of them can be set');
  }
  const password =
    natsPasswordFile === null
      ? natsPassword
      : read('natsPasswordFile', config).replace(/\r?\n$/, '');
  if ((natsUser === null) !== (password === null)) {
    throw new ConfigError('natsUser and natsPassword (or natsPasswordFile) belong together');
  }
  return { login: loginOf(config, password ?? ''), apiPrefix: config.natsApiPrefix };
}

const JETSTREAM_API = '$JS.API';

function loginOf(config: Config, password: string): BusLogin | null {
  if (config.natsUser !== null) return { kind: 'password', user: config.natsUser, password };
  if (config.natsNkeyFile !== null) {
    return checked('natsNkeyFile', { kind: 'nkey', seed: read('natsNkeyFile', config) });
  }
  if (config.natsCredsFile !== null) {
    return checked('natsCredsFile', { kind: 'creds', text: read('natsCredsFile', config) });
  }
  return null;
}

type FileKey = 'natsPasswordFile' | 'natsNkeyFile' | 'natsCredsFile';

function read(key: FileKey, config: Config): string {
  const file = config[key] ?? '';
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${key}: ${file} cannot be read`, { cause });
  }
}

// Before the first attempt: while it waits for NATS a process would only say that it waits.
function checked(key: FileKey, login: BusLogin): BusLogin {
  try {
    const { authenticator } = loginOptions(login);
    if (typeof authenticator === 'function') authenticator('nonce');
  } catch (cause) {
    throw new ConfigError(`${key}: the file does not hold what it must`, { cause });
  }
  return login;
}
