import { parseArgs } from 'node:util';

/** What a command needs of the world around it. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  /** Writes to stdout; resolves when the reader takes more. */
  print(text: string): Promise<void>;
  /** Writes a line to stderr. */
  complain(line: string): void;
  readonly stdoutIsTerminal: boolean;
  /** Shows how far work is, in place of what was shown before; null where nobody would see it. */
  readonly showProgress: ((line: string) => void) | null;
  /** Aborted by Ctrl-C or SIGTERM, from the first call on; by a second one the program ends at once. */
  interruption(): AbortSignal;
}

export interface Command {
  readonly help: string;
  /** Resolves with the exit code; throws `UsageError`, `CommandError` or an error of what it uses. */
  run(args: string[], io: Io): Promise<number>;
}

/** The command was written wrongly: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The command was right and could not be done; the message says why in one line: exit code 1. */
export class CommandError extends Error {
  override name = 'CommandError';
}

export const COMMON_OPTIONS = {
  config: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The part of every help text that is the same. */
export const COMMON_HELP = `  --config FILE      overlays config/default.yaml; RELAY_ variables overlay both
  --help             prints this`;

/** Reads arguments with `parseArgs`; what it throws about them becomes a `UsageError`. */
export function parsing<Parsed extends { positionals: string[] }>(
  parse: (read: typeof parseArgs) => Parsed,
  positionals: { readonly min: number; readonly max: number },
): Parsed {
  const parsed = orUsageError(() => parse(parseArgs));
  if (parsed.positionals.length < positionals.min) throw new UsageError('something is missing');
  const surplus = parsed.positionals[positionals.max];
  if (surplus !== undefined) throw new UsageError(`unexpected argument '${surplus}'`);
  return parsed;
}

function orUsageError<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const isAboutArguments =
      cause instanceof TypeError &&
      'code' in cause &&
      String(cause.code).startsWith('ERR_PARSE_ARGS');
    if (!isAboutArguments) throw cause;
    throw new UsageError(cause.message.split(/\.\s/)[0] ?? cause.message, { cause });
  }
}
