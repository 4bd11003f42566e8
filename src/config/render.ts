import { stringify } from 'yaml';
import { type Config, SECRET_KEYS } from './schema.ts';

/** The configuration with `***` in place of secrets that are set. */
export function withoutSecrets(config: Config): object {
  return mask(config, '');
}

/** The configuration as YAML, to be read by people; secrets are `***`. */
export function renderConfig(config: Config): string {
  return stringify(withoutSecrets(config));
}

function mask(tree: object, prefix: string): object {
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => {
      const key = prefix + name;
      if (SECRET_KEYS.includes(key) && value !== null) return [name, '***'];
      const isTree = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [name, isTree ? mask(value, `${key}.`) : value];
    }),
  );
}
