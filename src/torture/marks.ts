/** What tells one say from every other: which client's, and the how many-th of it. */
export function markOf(client: number, number: number): string {
  return `c${client}-${number}`;
}

/**
 * A say of a wire without message ids that is said again has a mark of its own: both may have been
 * stored, and then they are two messages.
 */
export function markOfAttempt(mark: string, attempt: number): string {
  return attempt === 1 ? mark : `${mark}.${attempt}`;
}

/** A text begins with its mark. */
export function textOf(mark: string, words: string): string {
  return `${mark} ${words}`;
}

/** The mark of a text, null when it has none. */
export function markIn(text: string): string | null {
  return /^(c\d+-\d+(?:\.\d+)?) /.exec(text)?.[1] ?? null;
}
