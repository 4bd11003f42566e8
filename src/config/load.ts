import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Config, configSchema } from './schema.ts';

/** A mistake of the operator's. `message` names the key and says what is wrong with it. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

export interface LoadedConfig {
  readonly config: Config;
  /** Dotted keys that somebody set, in a file or a variable. */
  readonly given: ReadonlySet<string>;
  /** RELAY_ variables that name no key. They are not an error: orchestrators make such names up. */
  readonly unknownVariables: readonly string[];
}

/**
 * Reads the configuration: `config/default.yaml`, overlaid by `file`, overlaid by `env`.
 *
 * Throws `ConfigError` for an unknown key, a wrong value or an unreadable file. The result is frozen.
 */
export function loadConfig(env: NodeJS.ProcessEnv, file?: string): LoadedConfig {
  const tree = readYaml(DEFAULTS_FILE);
  const given = new Set<string>();
  if (file !== undefined) overlay(tree, readYaml(file), '', given);
  const unknownVariables = overlayVariables(tree, env, given);
  const result = configSchema.safeParse(tree);
  if (!result.success) throw new ConfigError(describe(result.error));
  return { config: freeze(result.data), given, unknownVariables };
}

/** The environment variable that sets a key: `limits.frameMaxBytes` is RELAY_LIMITS_FRAME_MAX_BYTES. */
export function variableOf(key: string): string {
  return `RELAY_${key.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** Every dotted key of the configuration. */
export function configKeys(): string[] {
  return leaves(configSchema).map(([key]) => key);
}

type Tree = Record<string, unknown>;

const DEFAULTS_FILE = new URL('../../config/default.yaml', import.meta.url);

function readYaml(file: string | URL): Tree {
  let tree: unknown;
  try {
    tree = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`${file} could not be read: ${String(cause)}`, { cause });
  }
  if (tree === null) return {};
  if (!isTree(tree)) throw new ConfigError(`${file} must hold keys and values`);
  return tree;
}

function overlay(base: Tree, over: Tree, prefix: string, given: Set<string>): void {
  for (const [name, value] of Object.entries(over)) {
    const key = prefix + name;
    const below = Object.hasOwn(base, name) ? base[name] : undefined;
    if (isTree(below) && isTree(value)) {
      overlay(below, value, `${key}.`, given);
      continue;
    }
    Object.defineProperty(base, name, { value, enumerable: true, configurable: true });
    given.add(key);
  }
}

function overlayVariables(tree: Tree, env: NodeJS.ProcessEnv, given: Set<string>): string[] {
  const known = new Map(leaves(configSchema).map((leaf) => [variableOf(leaf[0]), leaf]));
  const unknown: string[] = [];
  for (const [variable, raw] of Object.entries(env)) {
    if (!variable.startsWith('RELAY_') || raw === undefined) continue;
    const leaf = known.get(variable);
    if (leaf === undefined) {
      unknown.push(variable);
      continue;
    }
    const [key, schema] = leaf;
    const value = readVariable(raw, schema);
    if (value === undefined) throw new ConfigError(`${variable} (${key}) has a wrong value`);
    const path = key.split('.');
    const name = path.pop() ?? '';
    let at = tree;
    for (const step of path) at = at[step] as Tree;
    at[name] = value;
    given.add(key);
  }
  return unknown;
}

// A variable is text; it is taken as the first of these readings that its key accepts.
function readVariable(raw: string, schema: z.ZodType): unknown {
  const list = raw.split(',').map((item) => item.trim());
  const numbers = list.map(Number);
  const readings: unknown[] =
    raw === '' ? [null, []] : [raw, Number(raw), SWITCHES.get(raw.toLowerCase()), list, numbers];
  return readings.find((reading) => reading !== undefined && schema.safeParse(reading).success);
}

const SWITCHES = new Map<string, boolean>([
  ['1', true],
  ['true', true],
  ['on', true],
  ['yes', true],
  ['0', false],
  ['false', false],
  ['off', false],
  ['no', false],
]);

function leaves(schema: z.ZodObject, prefix = ''): [key: string, schema: z.ZodType][] {
  return Object.entries(schema.shape).flatMap(([name, inner]): [string, z.ZodType][] =>
    inner instanceof z.ZodObject
      ? leaves(inner, `${prefix}${name}.`)
      : [[prefix + name, inner as z.ZodType]],
  );
}

function describe(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const at = issue.path.join('.');
      if (issue.code === 'unrecognized_keys') {
        const names = issue.keys.map((name) => (at === '' ? name : `${at}.${name}`));
        return `unknown key ${names.join(', ')}`;
      }
      return `${at}: ${issue.message}`;
    })
    .join('; ');
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
