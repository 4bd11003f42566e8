import { compareVersions } from './find-nats-server.ts';

export interface ServerConfig {
  readonly version: string;
  /** -1: any free port. */
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly folder: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly syncIntervalMs: number;
}

/** The configuration file of the embedded nats-server, which listens on loopback only. */
export function serverConfig(config: ServerConfig): string {
  const sync = hasSyncInterval(config.version)
    ? [`sync_interval: "${config.syncIntervalMs}ms"`]
    : [];
  return [
    '# Written anew at every start by xmlsocket-relay.',
    `listen: "127.0.0.1:${config.port}"`,
    `authorization { user: "${config.user}", password: "${config.password}" }`,
    'jetstream {',
    `  store_dir: ${quote(config.folder)}`,
    ...sync.map((line) => `  ${line}`),
    '}',
    `ports_file_dir: ${quote(config.folder)}`,
    `pid_file: ${quote(config.pidFile)}`,
    `log_file: ${quote(config.logFile)}`,
    'logfile_size_limit: 10MB',
    '',
  ].join('\n');
}

/** One sentence for the operator on what an acknowledged message has survived. */
export function describeDurability(server: {
  readonly version: string;
  readonly syncIntervalMs: number;
  readonly replicas: number;
  /** Not started by this process: its settings are not known here. */
  readonly external: boolean;
}): string {
  const copies = `${server.replicas} ${server.replicas === 1 ? 'replica' : 'replicas'}`;
  if (server.external) {
    return `NATS ${server.version}: how often it flushes to disk is its own setting (sync_interval), ${copies}`;
  }
  const flushed = hasSyncInterval(server.version)
    ? `flushed to disk every ${seconds(server.syncIntervalMs)}`
    : 'flushed to disk every 2 min (this version has no setting)';
  return (
    `embedded nats-server ${server.version}: every message is handed to the operating system ` +
    `before it is acknowledged, ${flushed}, ${copies}`
  );
}

function hasSyncInterval(version: string): boolean {
  return compareVersions(version, '2.10.0') >= 0;
}

function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}

function quote(path: string): string {
  return JSON.stringify(path);
}
