import type { CrowdSum } from './codec.ts';

/** The lines of the system that sum up who came and went. */
export function crowdLines({ entered, left }: CrowdSum): string[] {
  return [...lines(entered, 'entered'), ...lines(left, 'left')];
}

function lines(count: number, what: string): string[] {
  if (count === 0) return [];
  return [count === 1 ? `*1 person has ${what}` : `*${count} people have ${what}`];
}
