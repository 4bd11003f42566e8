/** Text as it stands inside the text of this vocabulary: escaped once before XML escapes it again. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES.get(char) ?? char);
}

/** Text as a person wrote it. What is no escape of this vocabulary stays. */
export function unescapeText(text: string): string {
  return text.replace(
    /&(?:amp|lt|gt|quot|apos);/g,
    (escaped) => CHARACTERS.get(escaped) ?? escaped,
  );
}

const ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

const CHARACTERS = new Map([...ESCAPES].map(([char, escaped]) => [escaped, char]));
