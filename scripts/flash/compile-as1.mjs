import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compileScript } from './avm1-compiler.mjs';
import { swfFile } from './swf-file.mjs';

// Compiles an ActionScript 1 source to a SWF. The same source gives the same bytes.

const USAGE =
  'usage: node scripts/flash/compile-as1.mjs SOURCE.as TARGET.swf [--version 8] [--size 480x320] [--fps 24] [--background d4d0c8]';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'string', default: '8' },
    size: { type: 'string', default: '480x320' },
    fps: { type: 'string', default: '24' },
    background: { type: 'string', default: 'd4d0c8' },
  },
});
const [source, target] = positionals;
const size = /^(\d+)x(\d+)$/.exec(values.size);
if (target === undefined || size === null || !/^[0-9a-f]{6}$/i.test(values.background)) {
  console.error(USAGE);
  process.exit(2);
}
const actions = compileScript(readFileSync(source, 'utf8'));
const options = {
  version: Number(values.version),
  width: Number(size[1]),
  height: Number(size[2]),
  framesPerSecond: Number(values.fps),
  background: Buffer.from(values.background, 'hex'),
};
writeFileSync(target, swfFile(actions, options));
