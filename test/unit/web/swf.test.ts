import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'xmlsocket-relay-swf-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a committed SWF', () => {
  it.for(['avm1', 'avm2'])('is what its source compiles to: %s', (machine, { skip }) => {
    if (machine === 'avm2' && !hasHaxe()) skip('haxe is not installed');
    const target = join(folder, `${machine}.swf`);
    execFileSync(process.execPath, [join(ROOT, 'examples/flash/build.mjs'), machine, target]);
    expect(readFileSync(target).equals(readFileSync(join(ROOT, SWFS[machine] ?? '')))).toBe(true);
  });
});

const SWFS: Readonly<Record<string, string>> = {
  avm1: 'examples/flash/avm1/chat.swf',
  avm2: 'examples/flash/avm2/chat-avm2.swf',
};

function hasHaxe(): boolean {
  try {
    return execFileSync('haxe', ['--version'], { encoding: 'utf8' }).startsWith('4.2.5');
  } catch {
    return false;
  }
}
