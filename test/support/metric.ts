import type { Program } from './system.ts';

/** A metric of a program, all its labels together, as its admin port says it; 0 when it never counted. */
export async function metricOf({ ready }: Program, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${ready['adminPort']}/metrics`);
  const samples = (await response.text()).matchAll(
    new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'),
  );
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}
