import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { contractDocuments } from './documents.ts';

// `npm run contract`: writes the AsyncAPI document and the JSON Schemas anew.
const ROOT = new URL('../../', import.meta.url);
rmSync(new URL('schemas', ROOT), { recursive: true, force: true });
mkdirSync(new URL('schemas', ROOT));
for (const [path, text] of contractDocuments()) writeFileSync(new URL(path, ROOT), text);
