import { randomUUID } from 'node:crypto';
import type { BusConnection } from '../bus/bus-connection.ts';
import { Relay } from '../relay/relay.ts';
import { relayOptions } from './options.ts';
import type { Service } from './service.ts';

/** Starts a relay; returns the ports that it got. */
export async function startRelay(
  service: Service,
  bus: BusConnection,
): Promise<{ port: number; policyPort: number | null }> {
  const { config, log, metrics, health } = service;
  const clock = () => performance.now();
  const around = { bus, log, metrics, health, newId: randomUUID, clock };
  const relay = new Relay(relayOptions(config), around);
  service.onMeasure(() => relay.measure());
  service.onStop('relay', () => relay.stop());
  return relay.start();
}
