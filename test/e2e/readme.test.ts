import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startProgram, temporaryFolder } from '../support/system.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/two-wires.mjs', import.meta.url));

let folder: { path: string; remove: () => Promise<void> };
let up: Program;

beforeAll(async () => {
  folder = await temporaryFolder();
  up = await startProgram(['up'], {
    ...{ RELAY_DATA_DIR: folder.path, RELAY_DEMO: '1' },
    ...{ RELAY_PORT: '0', RELAY_ADMIN_PORT: '0' },
  });
});

afterAll(async () => {
  await up.stop();
  await folder.remove();
});

describe('what the README says to try', () => {
  it('shows both wires of one room', async () => {
    const { code, lines } = await run(EXAMPLE, `127.0.0.1:${up.ready['port']}`);
    expect(code).toBe(0);
    expect(lines).toContain('xml<  <msg from_id="6">Hello everyone</msg>');
    expect(lines).toContain('xml<  <msg from_id="9">Hello 2004</msg>');
    const heard = lines.filter((line) => line.startsWith('json< {"type":"message.posted"'));
    expect(heard.join()).toMatch(/Hello everyone.*Hello 2004/);
  });

  it('says so where nothing answers', async () => {
    const { code, lines } = await run(EXAMPLE, '127.0.0.1:1');
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(/^two-wires: .*ECONNREFUSED/m);
  });
});

async function run(script: string, address: string): Promise<{ code: number; lines: string[] }> {
  const child = spawn(process.execPath, [script, address], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = await once(child, 'close');
  return { code, lines: output.split('\n') };
}
