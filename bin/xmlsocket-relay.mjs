#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);

if (existsSync(main)) {
  process.setSourceMapsEnabled(true);
  await import(main.href);
} else {
  process.stderr.write(
    'xmlsocket-relay: not built yet: npm start builds it, or npm ci && npm run build\n',
  );
  process.exitCode = 1;
}
