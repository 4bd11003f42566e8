import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, checkNode, installDependencies, ROOT } from './prepare.mjs';

// `npm start`: everything from a fresh clone to a running chat. Arguments are those of `up`.
checkNode();
installDependencies();
build();

process.env.RELAY_DEMO ??= 'auto';
if (process.env.npm_lifecycle_event !== undefined) endWithParent(process.ppid);
process.setSourceMapsEnabled(true);
const main = join(ROOT, 'dist/cli/main.js');
process.argv = [process.argv[0], main, 'up', ...process.argv.slice(2)];
// In this process, not in a child: signals and the exit code are those of the program itself.
await import(pathToFileURL(main).href);

// An npm that is killed can tell nobody: without this, its child would keep the ports for ever.
function endWithParent(parent) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}
