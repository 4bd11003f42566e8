import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { SAFE_HEADERS } from './http.ts';

export interface OperatorAsset {
  send(response: ServerResponse): void;
}

export type OperatorAssets = ReadonlyMap<string, OperatorAsset>;

/** Reads the files that the pages need. Throws when one is missing. */
export function readOperatorAssets(): OperatorAssets {
  return new Map(
    FILES.map(([name, file, type]) => {
      const content = readFileSync(fileURLToPath(new URL(`../../web/${file}`, import.meta.url)));
      const headers = { ...SAFE_HEADERS, 'content-type': type, 'cache-control': 'no-cache' };
      return [name, { send: (response) => response.writeHead(200, headers).end(content) }];
    }),
  );
}

const FILES = [
  ['operator.css', 'operator/operator.css', 'text/css; charset=utf-8'],
  ['operator.js', 'operator/operator.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'icon.svg', 'image/svg+xml'],
] as const;
