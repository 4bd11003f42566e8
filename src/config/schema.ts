import { isIP } from 'node:net';
import { z } from 'zod';

const port = z.int().min(0).max(65_535);
const count = z.int().min(1).max(1_000_000_000);
const milliseconds = z.int().min(10).max(86_400_000);
const text = z.string().min(1);
const networks = z.array(z.string().refine(isNetwork, 'an address or a network like 10.0.0.0/8'));

/**
 * The shape of the configuration. Names, meanings, units and defaults stand in
 * `config/default.yaml`, which is the only place that has default values.
 */
export const configSchema = z.strictObject({
  host: text,
  port,
  accepts: z.array(z.enum(['policy', 'xml', 'http', 'ws', 'xmlsocket'])).min(1),
  adminHost: text,
  adminPort: port,
  operator: z.strictObject({
    pages: z.enum(['auto', 'login', 'off']),
    sessionTtlSeconds: count,
    sessionsMax: count,
    failedLoginsPerMinute: count,
    streamsMax: count,
    replaysMax: count,
  }),
  policyPort: port.nullable(),
  natsUrl: text.nullable(),
  natsUser: text.nullable(),
  natsPassword: text.nullable(),
  natsPasswordFile: text.nullable(),
  natsNkeyFile: text.nullable(),
  natsCredsFile: text.nullable(),
  natsApiPrefix: z
    .string()
    .regex(/^[$A-Za-z0-9_-]+(\.[$A-Za-z0-9_-]+)*$/, 'a subject without wildcards'),
  natsServerBinary: text.nullable(),
  dataDir: text,
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  allowedOrigins: z.array(
    z.string().refine(isOrigin, 'an origin like https://chat.example, without a path'),
  ),
  trustedProxies: networks,
  demo: z.union([z.boolean(), z.literal('auto')]),
  rateLimits: z.boolean(),
  limits: z.strictObject({
    connectionsMax: count,
    frameMaxBytes: z.int().min(256).max(1_048_576),
    frameTimeoutMs: milliseconds,
    sniffTimeoutMs: milliseconds,
    loginTimeoutMs: milliseconds,
    textMaxCodePoints: z.int().min(1).max(100_000),
    framesPerSecond: count,
    framesBurst: count,
    bytesPerSecond: count,
    bytesBurst: count,
    loginsPerMinute: count,
    loginsBurst: count,
    refusedPerSecond: count,
    refusedBurst: count,
    addressesMax: count,
    addressExempt: networks,
    addressConnectionsMax: count,
    addressConnectionsPerSecond: count,
    addressConnectionsBurst: count,
    addressFramesPerSecond: count,
    addressFramesBurst: count,
    addressBytesPerSecond: count,
    addressBytesBurst: count,
    addressLoginsPerMinute: count,
    addressLoginsBurst: count,
    badFramesMax: count,
    pendingCommandsMax: count,
    flushPauseMaxMs: z.int().min(0).max(1000),
    outboxMaxBytes: z.int().min(65_536).max(1_073_741_824),
    roomsPerSessionMax: count,
    roomsMax: count,
    membersPerRoomMax: count,
    historyMax: z.int().min(1).max(1000),
    resumeMax: z.int().min(0).max(100_000),
    resumeMaxBytes: z.int().min(65_536).max(1_073_741_824),
    catchUpMax: z.int().min(0).max(10_000),
    closeTimeoutMs: milliseconds,
    sendTimeoutMs: milliseconds,
    pingIntervalMs: milliseconds,
    keepAliveMs: milliseconds,
  }),
  xml: z.strictObject({
    invalidUtf8: z.enum(['refuse', 'windows-1252']),
    announceToEntrant: z.boolean(),
    dialect: z.string().regex(/^[a-z][a-z0-9]{0,31}$/, 'auto or the name of a dialect'),
    verboseEmptyStatus: z.boolean(),
    verbosePercent: z.boolean(),
    palabreLobby: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'a room id'),
    stormEvents: count,
    stormWindowMs: milliseconds,
  }),
  policy: z.strictObject({
    domains: z.array(z.string().regex(/^(\*|(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)$/)),
    ports: z.array(port),
    masterOnly: z.boolean(),
  }),
  bus: z.strictObject({
    commandTimeoutMs: milliseconds,
    commandsPendingMax: count,
    appendTimeoutMs: milliseconds,
    reconnectWaitMs: milliseconds,
    replicas: z.union([z.literal(1), z.literal(3), z.literal(5)]),
    duplicateWindowMs: milliseconds,
    syncIntervalMs: milliseconds,
    heldEventsMax: count,
  }),
  log: z.strictObject({
    maxAgeSeconds: z.int().min(86_400).max(3_153_600_000).nullable(),
    maxBytes: z.int().min(1_048_576).max(Number.MAX_SAFE_INTEGER).nullable(),
  }),
  core: z.strictObject({
    heartbeatMs: milliseconds,
    silenceMs: milliseconds,
    coreSilenceMs: milliseconds,
    graceMs: z.int().min(0).max(86_400_000),
    catchUpWindowMs: z.int().min(0).max(86_400_000),
    snapshotEvery: count,
    snapshotMaxAgeMs: milliseconds,
    roomCommandsPendingMax: count,
    togetherMax: count,
    loginsConcurrentMax: z.int().min(1).max(64),
    loginsPendingMax: count,
    botCommandsPerSecond: count,
    botCommandsBurst: count,
    botCommandsPendingMax: count,
    guests: z.boolean(),
    sessionTtlSeconds: count,
    jwtSecret: z.string().min(32).nullable(),
    jwtPublicKeyFile: text.nullable(),
    jwtIssuer: text.nullable(),
    jwtAudience: text.nullable(),
  }),
});

export type Config = z.infer<typeof configSchema>;

/** Keys whose values are never printed. */
export const SECRET_KEYS: readonly string[] = ['core.jwtSecret', 'natsUrl', 'natsPassword'];

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

function isNetwork(value: string): boolean {
  const [address = '', bits] = value.split('/');
  const family = isIP(address);
  if (bits === undefined || family === 0) return family !== 0;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
