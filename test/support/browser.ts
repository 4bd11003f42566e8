import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import programs from '../../scripts/browsers.json' with { type: 'json' };

/** Starts the Chromium of this machine, or the one that CHROMIUM names. */
export async function startBrowser(): Promise<Browser> {
  const named = process.env['CHROMIUM'];
  const executablePath = named ?? programs.find((program) => existsSync(program));
  if (executablePath === undefined) {
    throw new Error('no Chromium: apt-get install chromium, or set CHROMIUM to its path');
  }
  return chromium.launch({ executablePath, headless: true, timeout: 120_000, args: [...ARGS] });
}

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;
