import { join } from 'node:path';
import { DEMO_ACCOUNTS } from '../core/demo.ts';
import { socketProxy } from '../web/socket-proxy.ts';
import { hostAndPort } from './options.ts';

export interface Announced {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly policyPort: number | null;
  readonly adminHost: string;
  readonly adminPort: number;
  readonly natsUrl: string;
  /** Null with a NATS that is not ours. */
  readonly dataDir: string | null;
  readonly demo: boolean;
  readonly durability: string;
  readonly retention: string;
  /** Whether there are pages for operators on the admin port. */
  readonly pages: boolean;
}

/** What a person who started everything wants to know: each address to open, without passwords of NATS. */
export function announcement(system: Announced): string {
  const { version, host, port, policyPort, adminHost, adminPort, dataDir, demo } = system;
  const main = hostAndPort(host, port);
  const admin = `http://${hostAndPort(adminHost, adminPort)}`;
  const rows: (readonly [string, string])[] = [
    ['XML socket', main],
    ...(policyPort === null ? [] : [['Policy', hostAndPort(host, policyPort)] as const]),
    ['WebSocket', `ws://${main}/ws`],
    ['Web page', `http://${main}/`],
    ['Ruffle', ruffleRow(host, port)],
    ...(system.pages ? [['Operator', `${admin}/operator`] as const] : []),
    ['Admin', `${admin}/readyz  ${admin}/metrics`],
    ['NATS', natsRow(system)],
    ...(dataDir === null ? [] : [['Data', dataDir] as const]),
    ...(demo ? [['Accounts', demoRow()] as const] : []),
    ['Durability', system.durability],
    ['Kept', system.retention],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(12)}${value}\n`);
  return `\nxmlsocket-relay ${version}\n\n${lines.join('')}\n`;
}

function natsRow({ natsUrl, dataDir }: Announced): string {
  const shown = natsUrl.replace(/\/\/[^@/]*@/g, '//');
  return dataDir === null
    ? shown
    : `${shown}  (user and password: ${join(dataDir, 'runtime.json')})`;
}

// An address that stands for all of them cannot be opened: a page on this machine says localhost.
function ruffleRow(host: string, port: number): string {
  const reached = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `socketProxy: ${JSON.stringify(socketProxy(hostAndPort(reached, port), port))}`;
}

function demoRow(): string {
  const accounts = DEMO_ACCOUNTS.map(({ name, password }) => `${name}/${password}`);
  return `${accounts.join('  ')}  (and guests; for trying out only)`;
}
