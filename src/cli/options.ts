import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { LogStreamOptions } from '../bus/log-stream.ts';
import { DIALECTS } from '../codecs/registry.ts';
import { ConfigError } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { CoreOptions } from '../core/open-core.ts';
import type { RelayOptions } from '../relay/options.ts';

/**
 * What a relay is told of the configuration. Every process has an id that no other ever had. Throws
 * `ConfigError` when there is no such dialect.
 */
export function relayOptions(config: Config): RelayOptions {
  checkDialect(config.xml.dialect);
  const { host, port, accepts, policyPort, allowedOrigins, rateLimits, limits, xml, policy } =
    config;
  const { trustedProxies } = config;
  const { commandTimeoutMs, commandsPendingMax, heldEventsMax } = config.bus;
  return {
    self: processName('relay'),
    ...{ host, port, accepts, policyPort, allowedOrigins, trustedProxies },
    ...{ rateLimits, limits, xml, policy },
    ...{ commandTimeoutMs, commandsPendingMax, heldEventsMax },
    heartbeatMs: config.core.heartbeatMs,
  };
}

/** What the stream of the log is to be. */
export function logOptions({ bus, log }: Config): LogStreamOptions {
  const { replicas, duplicateWindowMs } = bus;
  const maxAgeMs = log.maxAgeSeconds === null ? null : log.maxAgeSeconds * 1000;
  return { replicas, duplicateWindowMs, maxAgeMs, maxBytes: log.maxBytes };
}

/** What a chat-core is told of it. Throws `ConfigError` when the key file cannot be read. */
export function coreOptions(config: Config): CoreOptions {
  const { core, bus, limits } = config;
  return {
    self: processName('core'),
    ...core,
    guests: core.guests || isDemo(config),
    rateLimits: config.rateLimits,
    commandTimeoutMs: bus.commandTimeoutMs,
    appendTimeoutMs: bus.appendTimeoutMs,
    replicas: bus.replicas,
    duplicateWindowMs: bus.duplicateWindowMs,
    roomsMax: limits.roomsMax,
    membersPerRoomMax: limits.membersPerRoomMax,
    textMaxCodePoints: limits.textMaxCodePoints,
    foreignTokens: {
      secret: core.jwtSecret,
      publicKeyPem: readKey(core.jwtPublicKeyFile),
      issuer: core.jwtIssuer,
      audience: core.jwtAudience,
    },
  };
}

/**
 * Whether sample accounts and guests are wanted. Throws `ConfigError` where they would be open to
 * others than the users of this machine.
 */
export function isDemo({ demo, host }: Config): boolean {
  if (demo === true && !isLoopback(host)) {
    throw new ConfigError(
      `demo: the passwords of the sample accounts are known to everybody, so RELAY_DEMO=1 is refused on ${host}; set RELAY_DEMO=0 or RELAY_HOST=127.0.0.1`,
    );
  }
  return demo !== false && isLoopback(host);
}

/** A host and port as they stand in a URL. */
export function hostAndPort(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function processName(kind: 'relay' | 'core'): string {
  return `${kind}-${randomBytes(4).toString('hex')}`;
}

function checkDialect(name: string): void {
  const names = ['auto', ...DIALECTS.map((dialect) => dialect.name)];
  if (names.includes(name)) return;
  throw new ConfigError(`xml.dialect: there is no such dialect; there are ${names.join(', ')}`);
}

function readKey(file: string | null): string | null {
  if (file === null) return null;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`core.jwtPublicKeyFile: ${file} cannot be read`, { cause });
  }
}
