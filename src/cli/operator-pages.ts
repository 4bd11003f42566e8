import { randomBytes, randomUUID } from 'node:crypto';
import type { BusConnection } from '../bus/bus-connection.ts';
import type { Config } from '../config/schema.ts';
import { Access, isLoopbackName } from '../operator/access.ts';
import { readOperatorAssets } from '../operator/assets.ts';
import { OperatorChat } from '../operator/chat.ts';
import { Live } from '../operator/live.ts';
import { Logins } from '../operator/logins.ts';
import { OperatorPages } from '../operator/operator-pages.ts';
import type { HealthFacts } from '../operator/view-health.ts';
import { bytesText } from './amounts.ts';
import { keepsText } from './keeps-text.ts';
import { isDemo } from './options.ts';
import { PageReplays } from './page-replays.ts';
import { PageTranscripts } from './page-transcripts.ts';
import type { Service } from './service.ts';
import { ownVersion } from './version.ts';

/** Opens the operator's pages on the admin port that the service has, unless there are to be none. */
export function openOperatorPages(service: Service, bus: BusConnection, durability: string): void {
  const { config, metrics, log } = service;
  if (!hasPages(config)) return;
  const { sessionTtlSeconds, sessionsMax, failedLoginsPerMinute, streamsMax } = config.operator;
  const { commandTimeoutMs } = config.bus;
  const { replaysMax } = config.operator;
  const logins = new Logins({
    ...{ sessionsMax, failuresPerMinute: failedLoginsPerMinute, now: Date.now },
    ttlMs: sessionTtlSeconds * 1000,
    newSecret: () => randomBytes(32).toString('base64url'),
  });
  const chat = new OperatorChat(bus, { timeoutMs: commandTimeoutMs });
  const live = new Live(bus, streamsMax);
  const pages = new OperatorPages({
    ...{ logins, sessionTtlSeconds, chat, live, metrics, log, newId: randomUUID },
    access: new Access(logins, {
      onLoopback: isLoopbackName(config.adminHost),
      loginNeeded: config.operator.pages === 'login',
    }),
    transcripts: new PageTranscripts(bus, config),
    replays: new PageReplays(bus, { commandTimeoutMs, replaysMax, newId: randomUUID, log }),
    assets: readOperatorAssets(),
    health: () => healthOf(service, bus, chat, durability),
  });
  service.onMeasure(() => {
    metrics.admin.sessions.set(logins.size);
    metrics.admin.streams.set(live.size);
  });
  service.pages = pages;
  service.onStop("operator's pages", async () => {
    service.pages = null;
    pages.stop();
  });
}

/** Whether there are pages. With the sample accounts, whose passwords everybody knows, only for this machine. */
export function hasPages(config: Config): boolean {
  if (config.operator.pages === 'off') return false;
  return isLoopbackName(config.adminHost) || !isDemo(config);
}

async function healthOf(
  { health }: Service,
  bus: BusConnection,
  chat: OperatorChat,
  durability: string,
): Promise<HealthFacts> {
  const begun = performance.now();
  const asked = chat.rooms().then((answer) => ({ answer, ms: performance.now() - begun }));
  const [{ answer, ms }, relays, log] = await Promise.all([asked, chat.connections(), chat.log()]);
  return {
    ...{ version: ownVersion(), natsVersion: bus.serverVersion, durability, relays },
    checks: health.report().checks,
    coreMs: answer.ok ? Math.round(ms) : null,
    coreProblem: answer.ok ? '' : answer.message,
    log:
      log === null
        ? null
        : {
            ...{ messages: log.messages, size: bytesText(log.bytes), keeps: keepsText(log.keeps) },
            since: log.oldest?.slice(0, 10) ?? null,
          },
  };
}
