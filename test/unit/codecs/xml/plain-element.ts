import type { Element } from '../../../../src/codecs/xml/element.ts';

/** An element as it stands in a vector. */
export interface PlainElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly PlainElement[];
}

export function toPlain({ name, attributes, text, children }: Element): PlainElement {
  return {
    name,
    attributes: Object.fromEntries(attributes),
    text,
    children: children.map(toPlain),
  };
}
