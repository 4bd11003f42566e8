import { readFileSync } from 'node:fs';

/** The vectors of one file below `test/vectors`, which is where their form is said. */
export function loadVectors<Vector>(path: string): readonly (Vector & { readonly name: string })[] {
  const file = new URL(`../../vectors/${path}`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).vectors;
}
