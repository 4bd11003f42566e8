import { SaxesParser } from 'saxes';
import type { PlainElement } from './plain-element.ts';

interface Open {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Open[];
}

/** What a strict XML parser, which is none of ours, makes of a document; null when it refuses it. */
export function readStrictly(document: string): PlainElement | null {
  const parser = new SaxesParser({ xmlns: false, fragment: false });
  const stack: Open[] = [{ name: '', attributes: {}, text: '', children: [] }];
  let refused = false;
  const top = (): Open => stack[stack.length - 1] ?? fail();
  parser.on('error', () => {
    refused = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const open = { name, attributes: { ...attributes }, text: '', children: [] };
    top().children.push(open);
    stack.push(open);
  });
  parser.on('closetag', () => {
    stack.pop();
  });
  parser.on('text', (text) => {
    top().text += text;
  });
  parser.on('cdata', (text) => {
    if (stack.length === 1) refused = true;
    top().text += text;
  });
  parser.write(document).close();
  return refused ? null : (stack[0]?.children[0] ?? null);
}

function fail(): never {
  throw new Error('the strict parser closed more than it opened');
}
