import { defectsOf } from '../../bus/known-defects.ts';
import type { BucketSurvey, LogSurvey, Survey } from '../../bus/survey.ts';
import { bytesText, durationText } from '../amounts.ts';
import { keepsText } from '../keeps-text.ts';
import { checkClocks } from './check-clocks.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** What is known of the NATS without asking it. */
export interface Expected {
  readonly replicas: number;
  /** Started by this program; its settings are those of the configuration then. */
  readonly embedded: boolean;
  /** One sentence on what an acknowledged message has survived. */
  readonly durability: string;
}

/** What there is to say of a NATS, its log and its buckets. Pure. */
export function checkNats(survey: Survey, expected: Expected): Finding[] {
  const { version, answersInMs, log, buckets } = survey;
  return [
    ok('nats', `nats-server ${version} answers in ${answersInMs} ms`),
    ...checkVersion(survey, expected),
    ...(log === null
      ? [fail('stream', 'there is no stream CHATLOG', 'start a chat-core: it makes the stream')]
      : checkLog(log, expected)),
    ...checkBuckets(buckets, expected),
    ...checkStorage(survey),
  ];
}

function checkVersion(survey: Survey, { replicas, embedded }: Expected): Finding[] {
  const { version, websocket } = survey;
  const defects = defectsOf({
    version,
    replicated: replicas > 1,
    websocket: embedded ? false : websocket,
    external: !embedded,
  });
  if (defects.length === 0) return [ok('version', `no known defect of ${version} matters here`)];
  return defects.map(({ id, grave, what, advice, source }) => {
    const message = `${version}: ${what} (${id})`;
    const todo = `${advice}; ${source}`;
    return grave ? fail('version', message, todo) : warn('version', message, todo);
  });
}

function checkLog(log: LogSurvey, expected: Expected): Finding[] {
  return [
    ...checkSettings(log),
    checkDurability(log, expected),
    checkRetention(log),
    ...checkClocks(log),
    checkConsumers(log),
  ];
}

function checkSettings({ differing, messages, bytes }: LogSurvey): Finding[] {
  const vital = differing.filter((difference) => difference.vital);
  const others = differing.filter(({ vital: isVital, key }) => !isVital && !OWN_CHECK.has(key));
  const findings = [
    ...vital.map(({ text }) =>
      fail('stream', `CHATLOG: ${text}`, 'chat-core refuses to start on it: give it a new stream'),
    ),
    ...others.map(({ text }) =>
      warn('stream', `CHATLOG: ${text}`, 'change the stream or the configuration: they disagree'),
    ),
  ];
  if (findings.length > 0) return findings;
  return [ok('stream', `CHATLOG is as it must be: ${messages} messages, ${bytesText(bytes)}`)];
}

// Checks of their own speak of these.
const OWN_CHECK: ReadonlySet<string> = new Set([
  ...['max_age', 'max_bytes', 'max_msgs', 'max_msgs_per_subject', 'num_replicas'],
]);

function checkDurability(log: LogSurvey, { replicas, durability }: Expected): Finding {
  const { copiesMissing } = log;
  if (!log.fileStorage) {
    return fail('durability', 'the log is in memory only', 'make CHATLOG anew with file storage');
  }
  if (copiesMissing.length > 0) {
    const names = copiesMissing.join(', ');
    return fail('durability', `copies behind or away: ${names}`, 'look after those nats-servers');
  }
  if (log.replicas !== replicas) {
    return warn(
      'durability',
      `CHATLOG has ${log.replicas} replicas, bus.replicas is ${replicas}`,
      `nats stream update CHATLOG --replicas=${replicas}, or change the configuration`,
    );
  }
  return ok('durability', durability);
}

function checkRetention({ keeps, differing }: LogSurvey): Finding {
  const message = `the log keeps ${keepsText(keeps)}`;
  const unlike = differing.filter(({ key }) => key.startsWith('max_'));
  if (unlike.length === 0) return ok('retention', message);
  const texts = unlike.map(({ text }) => text).join('; ');
  return warn(
    'retention',
    `${message}: ${texts}`,
    'xmlsocket-relay retention, and --apply to have the limits of the configuration',
  );
}

function checkConsumers({ consumers }: LogSurvey): Finding {
  const leaked = consumers.filter(
    ({ durable, inUse, idleMs }) => durable && !inUse && idleMs > LEAKED_AFTER_MS,
  );
  const [first] = leaked;
  if (first !== undefined) {
    const since = durationText(Math.min(...leaked.map(({ idleMs }) => idleMs)));
    return warn(
      'consumers',
      `${leaked.length} durable consumers unused for ${since} and more, ${first.name} for one`,
      'nats consumer rm CHATLOG NAME, for each that nobody will come back to',
    );
  }
  if (consumers.length >= CONSUMERS_MANY) {
    return warn(
      'consumers',
      `${consumers.length} consumers of CHATLOG`,
      'use live subjects or direct gets: one consumer for each reader does not scale',
    );
  }
  return ok('consumers', `${consumers.length} consumers of CHATLOG, none left behind`);
}

const LEAKED_AFTER_MS = 86_400_000;
const CONSUMERS_MANY = 500;

function checkBuckets(buckets: readonly BucketSurvey[], { replicas }: Expected): Finding[] {
  const missing = buckets.filter(({ present }) => !present).map(({ name }) => name);
  const fleeting = buckets.filter(({ present, fileStorage }) => present && !fileStorage);
  const fewer = buckets.filter((bucket) => bucket.present && bucket.replicas !== replicas);
  const nameOf = (of: readonly BucketSurvey[]) => of.map(({ name }) => name).join(', ');
  const findings = [
    ...(missing.length === 0
      ? []
      : [fail('buckets', `missing: ${missing.join(', ')}`, 'start a chat-core: it makes them')]),
    ...(fleeting.length === 0
      ? []
      : [fail('buckets', `in memory only: ${nameOf(fleeting)}`, 'make them anew in files')]),
    ...(fewer.length === 0
      ? []
      : [
          warn(
            'buckets',
            `not of ${replicas} replicas: ${nameOf(fewer)}`,
            `nats stream update KV_NAME --replicas=${replicas}, for each`,
          ),
        ]),
  ];
  return findings.length > 0 ? findings : [ok('buckets', `${buckets.length} buckets are there`)];
}

function checkStorage({ storage: { usedBytes, limitBytes } }: Survey): Finding[] {
  if (limitBytes === null) return [];
  const message = `${bytesText(usedBytes)} of ${bytesText(limitBytes)} of JetStream's storage used`;
  const advice = 'raise max_storage of the account before it is full: then nothing is stored';
  if (usedBytes > limitBytes * 0.95) return [fail('storage', message, advice)];
  if (usedBytes > limitBytes * 0.8) return [warn('storage', message, advice)];
  return [ok('storage', message)];
}
