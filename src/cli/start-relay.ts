import { randomUUID } from 'node:crypto';
import type { BusConnection } from '../bus/bus-connection.ts';
import type { Config } from '../config/schema.ts';
import { DEMO_ACCOUNTS } from '../core/demo.ts';
import { Relay } from '../relay/relay.ts';
import { type Login, type PageSettings, readAssets } from '../web/assets.ts';
import { createSite } from '../web/site.ts';
import { isDemo, relayOptions } from './options.ts';
import type { Service } from './service.ts';

/** Starts a relay; returns the ports that it got. */
export async function startRelay(
  service: Service,
  bus: BusConnection,
): Promise<{ port: number; policyPort: number | null }> {
  const { config, log, metrics, health } = service;
  const clock = () => performance.now();
  const onRequest = createSite(readAssets(pageSettings(config)));
  const around = { bus, log, metrics, health, newId: randomUUID, clock, onRequest };
  const relay = new Relay(relayOptions(config), around);
  service.onMeasure(() => relay.measure());
  service.onStop('relay', () => relay.stop());
  return relay.start();
}

function pageSettings(config: Config): PageSettings {
  const demo = isDemo(config);
  const [, flash, web] = DEMO_ACCOUNTS;
  return {
    guests: demo || config.core.guests,
    logins: demo ? { flash: loginOf(flash), web: loginOf(web) } : null,
  };
}

function loginOf({ name, password }: { name: string; password: string }): Login {
  return { user: name, password };
}
