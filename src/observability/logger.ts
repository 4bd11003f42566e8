import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * The process's logger: one JSON object a line on stdout. Fields that could hold a secret are
 * replaced, wherever a careless line would put them; message text is never given to it at all.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: {
      paths: ['password', 'token', 'session', 'credentials', '*.password', '*.token', '*.session'],
      censor: '***',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
