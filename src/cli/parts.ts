import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { BusConnection } from '../bus/bus-connection.ts';
import { BusError } from '../bus/bus-error.ts';
import { ensureLogStream } from '../bus/log-stream.ts';
import { seedDemo } from '../core/demo.ts';
import { openCore, openStores } from '../core/open-core.ts';
import { startAdminServer } from './admin-server.ts';
import { busLogin } from './bus-login.ts';
import { coreOptions, isDemo, logOptions } from './options.ts';
import { RoomCommands } from './room-commands.ts';
import type { Service } from './service.ts';

/** Starts the admin server; returns its port. */
export async function startAdmin(service: Service, port: number): Promise<number> {
  const { config, health, metrics } = service;
  const measure = () => service.measure();
  const pages = () => service.pages;
  const surroundings = { health, metrics, measure, pages };
  const admin = await startAdminServer({ host: config.adminHost, port, ...surroundings });
  service.onStop('admin server', () => admin.stop());
  return admin.port;
}

/** Connects to NATS, however long it takes until it is there. A connection lost for good ends the service. */
export async function connectBus(service: Service, url: string): Promise<BusConnection> {
  const { log, metrics, health, ending } = service;
  const bus = await openBus(service, url);
  service.onStop('connection to NATS', () => bus.close());
  metrics.bus.connected.set(1);
  health.add('nats', () => (bus.status === 'connected' ? null : `NATS is ${bus.status}`));
  bus.onProblem((problem) => {
    metrics.bus.complaints.inc();
    log.warn({ problem }, 'NATS complains');
  });
  bus.onStatus((status) => {
    metrics.bus.connected.set(status === 'connected' ? 1 : 0);
    if (status === 'connected') log.info('connected to NATS again');
    if (status === 'disconnected') {
      metrics.bus.disconnects.inc();
      log.warn('connection to NATS lost');
    }
    if (status === 'closed' && !ending.aborted) {
      service.fail('the connection to NATS was closed for good');
    }
  });
  return bus;
}

/** Starts a chat-core on the log, which is made if it is not there, and puts demo data into an empty store. */
export async function startCore(service: Service, bus: BusConnection): Promise<void> {
  const { config, log, metrics, health } = service;
  const { replicas } = config.bus;
  const options = coreOptions(config);
  const differing = await whileSettling(service, () => ensureLogStream(bus, logOptions(config)));
  if (differing.length > 0) log.warn({ differing }, 'the log has other settings than configured');
  const stores = await whileSettling(service, () => openStores(bus, replicas));
  const around = { bus, log, metrics, now: Date.now, newId: randomUUID };
  const core = await openCore(options, around, stores);
  health.add('core', () => core.problem);
  health.addNote('log', () => core.note);
  service.onMeasure(() => core.measure());
  service.onStop('chat-core', () => core.stop());
  await core.start();
  if (isDemo(config)) await seed(service, bus, stores);
}

async function openBus(service: Service, url: string): Promise<BusConnection> {
  const { config, log, ending } = service;
  const { reconnectWaitMs } = config.bus;
  const how = busLogin(config);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await BusConnection.open({ url, ...how, name: 'xmlsocket-relay', reconnectWaitMs });
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      if (attempt === 1) log.warn({ reason: error.message }, 'waiting for NATS');
      await pause(reconnectWaitMs, undefined, { signal: ending });
    }
  }
}

// A cluster that was just started has no leader yet, and refuses or does not answer for some seconds.
async function whileSettling<T>(service: Service, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + SETTLE_MAX_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isFinal =
        error instanceof BusError && error.kind === 'SETUP' && error.cause === undefined;
      if (isFinal || performance.now() > deadline) throw error;
      if (attempt === 1) service.log.warn({ reason: String(error) }, 'waiting for JetStream');
      await pause(SETTLE_PAUSE_MS, undefined, { signal: service.ending });
    }
  }
}

const SETTLE_MAX_MS = 60_000;
const SETTLE_PAUSE_MS = 500;

async function seed(
  { config, log }: Service,
  bus: BusConnection,
  stores: Awaited<ReturnType<typeof openStores>>,
): Promise<void> {
  const commands = new RoomCommands(bus, config.bus.commandTimeoutMs);
  try {
    const seeded = await seedDemo(stores, (id, name) => commands.create(id, name));
    if (seeded) log.info('sample accounts and rooms made');
  } finally {
    commands.stop();
  }
}
