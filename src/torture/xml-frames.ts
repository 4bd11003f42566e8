/** A frame of the compact dialect (protocol.md §3.1), read as far as a torture client needs it. */
export interface XmlFrame {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What stands in the element, unescaped; empty for one without content. */
  readonly text: string;
}

/** Reads the one element that a frame of the relay is; null when it is none. */
export function readXmlFrame(frame: string): XmlFrame | null {
  const match = /^<(\w+)((?: \w+="[^"]*")*)(?: ?\/>|>([\s\S]*)<\/\1>)$/.exec(frame);
  if (match === null) return null;
  const [, name = '', attributes = '', text = ''] = match;
  const pairs = [...attributes.matchAll(/ (\w+)="([^"]*)"/g)].map(
    ([, key = '', value = '']) => [key, plain(value)] as const,
  );
  return { name, attributes: Object.fromEntries(pairs), text: plain(text) };
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot);|&#(\d+);/g, (_all, name?: string, code?: string) =>
    name === undefined ? String.fromCodePoint(Number(code)) : (CHARACTERS[name] ?? ''),
  );
}
