export type Status = 'ok' | 'warn' | 'fail';

/** What one check found: one line, and what to do when it is not `ok`. */
export interface Finding {
  readonly check: string;
  readonly status: Status;
  readonly message: string;
  readonly advice: string | null;
}

export const ok = (check: string, message: string): Finding => {
  return { check, status: 'ok', message, advice: null };
};

export const warn = (check: string, message: string, advice: string): Finding => {
  return { check, status: 'warn', message, advice };
};

export const fail = (check: string, message: string, advice: string): Finding => {
  return { check, status: 'fail', message, advice };
};

/** A finding as a person reads it. */
export function asText({ check, status, message, advice }: Finding): string {
  const line = `${status.padEnd(5)} ${check.padEnd(CHECK_WIDTH)} ${message}\n`;
  return advice === null ? line : `${line}${' '.repeat(CHECK_WIDTH + 7)}-> ${advice}\n`;
}

/** How many findings there are of each kind, in words. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  const checks = `${findings.length} ${findings.length === 1 ? 'check' : 'checks'}`;
  return `${checks}: ${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed\n`;
}

const CHECK_WIDTH = 11;
