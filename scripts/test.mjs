import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { installBrowser } from './browser.mjs';
import { build, checkNode, installDependencies, ROOT } from './prepare.mjs';
import { installPython } from './python.mjs';

// `npm test`: everything from a fresh clone to the last test. Arguments are those of `vitest run`.
checkNode();
installDependencies();
if (process.argv.length === 2) {
  installBrowser();
  installPython();
}
build();

const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
