import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['docs', 'bench', 'examples'];
// Packages of others, and what a run wrote.
const NOT_OURS: ReadonlySet<string> = new Set(['node_modules', 'results']);

export interface Document {
  /** From the root, with slashes: `docs/operations.md`. */
  readonly path: string;
  readonly text: string;
}

/** Every document of the repository that is written by hand. */
export function documents(): Document[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...top.map((name) => join(ROOT, name)), ...FOLDERS.flatMap(within)].map((file) => ({
    path: relative(ROOT, file).split(sep).join('/'),
    text: readFileSync(file, 'utf8'),
  }));
}

function within(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.split(sep).some((part) => NOT_OURS.has(part)))
    .map((name) => join(ROOT, folder, name));
}

/** The text below a heading, up to the next one that is no deeper. The heading is named by its begin. */
export function section(text: string, heading: string): string {
  const lines = withoutFences(text).split('\n');
  const from = lines.findIndex((line) => HEADING.exec(line)?.[2]?.startsWith(heading) === true);
  if (from === -1) throw new Error(`there is no heading ${heading}`);
  const depth = HEADING.exec(lines[from] ?? '')?.[1]?.length ?? 0;
  const rest = lines.slice(from + 1).findIndex((line) => {
    const found = HEADING.exec(line)?.[1]?.length;
    return found !== undefined && found <= depth;
  });
  // What is in fences keeps its lines, so that numbers of lines are those of the whole text.
  const to = rest === -1 ? lines.length : from + 1 + rest;
  return text
    .split('\n')
    .slice(from + 1, to)
    .join('\n');
}

/** The headings of a document, outside of fences. */
export function headings(text: string): string[] {
  return withoutFences(text)
    .split('\n')
    .flatMap((line) => HEADING.exec(line)?.[2] ?? []);
}

/** The anchor that a heading gets when the document is shown. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The rows of the tables in a text, without the heads; cells as they are written, trimmed. */
export function tableRows(text: string): string[][] {
  const lines = withoutFences(text).split('\n');
  return lines.flatMap((line, index) => {
    const isRow = line.startsWith('|') && !RULE.test(line) && !RULE.test(lines[index + 1] ?? '');
    return isRow
      ? [
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ]
      : [];
  });
}

/** What stands between backticks in a cell. */
export function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** The fenced blocks right below a comment: `<!-- schema: roomAnswer -->` has the tag `schema`. */
export function tagged(text: string, tag: string): { argument: string; content: string }[] {
  const blocks = new RegExp(
    `<!-- ${tag}(?:: (\\S+))? -->\\n\`\`\`\\w*\\n([\\s\\S]*?)\\n\`\`\``,
    'g',
  );
  return [...text.matchAll(blocks)].map(([, argument = '', content = '']) => ({
    argument,
    content,
  }));
}

/** The targets of links to other places of the repository. */
export function links(text: string): string[] {
  return [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

// Each line stays, empty, so that lines are found where they are.
function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''));
}

const HEADING = /^(#{1,6}) (.*)$/;
const RULE = /^\|[-|: ]+\|$/;
