/** What came of work that was begun together. */
export interface Outcomes<J, A> {
  readonly stored: readonly { readonly job: J; readonly answer: A }[];
  /** In their order: what was not stored, or nobody knows. */
  readonly again: readonly J[];
}

/**
 * Begins the job `first` and those that wait behind it, at most `max`, without waiting for one before
 * the next, and takes what was begun from `waiting`. It ends before the first job that `begin` gives
 * null for. Resolves when all have an outcome; with none at all when even the first was not begun.
 */
export async function beginTogether<J, A>(
  first: J,
  waiting: J[],
  max: number,
  begin: (job: J) => Promise<A> | null,
): Promise<Outcomes<J, A>> {
  const begun: { readonly job: J; readonly outcome: Promise<A> }[] = [];
  for (let job: J | undefined = first; job !== undefined; job = waiting[0]) {
    const outcome = begun.length < max ? begin(job) : null;
    if (outcome === null) break;
    if (begun.length > 0) waiting.shift();
    begun.push({ job, outcome });
  }
  const outcomes = await Promise.allSettled(begun.map(({ outcome }) => outcome));
  const [stored, again]: [{ job: J; answer: A }[], J[]] = [[], []];
  for (const [index, { job }] of begun.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status === 'fulfilled') stored.push({ job, answer: outcome.value });
    else again.push(job);
  }
  return { stored, again };
}
