import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defectsOf, KNOWN_DEFECTS, type ServerSituation } from '../../../src/bus/known-defects.ts';
import { codeIn, section, tableRows } from '../../support/markdown.ts';

const EMBEDDED = { replicated: false, websocket: false, external: false } as const;
const FOREIGN = { replicated: true, websocket: null, external: true } as const;

describe('the known defects of a nats-server', () => {
  it.each<[string, Omit<ServerSituation, 'version'>, string[]]>([
    ['2.9.10', EMBEDDED, ['no-sync-interval']],
    [
      '2.9.25',
      { ...EMBEDDED, replicated: true },
      ['no-sync-interval', 'reads-hang-with-a-node-down'],
    ],
    ['2.10.0', EMBEDDED, []],
    ['2.10.19', EMBEDDED, []],
    ['2.10.20', EMBEDDED, ['nats-server#6888']],
    ['2.10.22', EMBEDDED, ['nats-server#6888']],
    ['2.10.23', EMBEDDED, []],
    [
      '2.11.11',
      { ...EMBEDDED, websocket: true },
      ['CVE-2026-27571', 'CVE-2026-27889', 'CVE-2026-33219'],
    ],
    ['2.11.12', { ...EMBEDDED, websocket: true }, ['CVE-2026-27889', 'CVE-2026-33219']],
    [
      '2.12.2',
      { ...EMBEDDED, websocket: null },
      ['CVE-2026-27571', 'CVE-2026-27889', 'CVE-2026-33219'],
    ],
    ['2.12.3', FOREIGN, ['CVE-2026-27889', 'CVE-2026-33219', 'CVE-2026-33222']],
    ['2.11.15', FOREIGN, []],
    ['2.12.6', FOREIGN, []],
    ['2.15.1', FOREIGN, []],
    ['2.12.5-RC.1', { ...EMBEDDED, websocket: true }, ['CVE-2026-33219']],
  ])('%s %o', (version, situation, expected) => {
    expect(defectsOf({ version, ...situation }).map(({ id }) => id)).toEqual(expected);
  });

  it('are those of docs/operations.md, with the versions', () => {
    const text = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const rows = tableRows(section(text, 'Known defects of nats-server'));
    const written = rows.map(([id, versions]) => [codeIn(id ?? '')[0], versions]);
    const versionsOf = ({ from, before }: { from: string | null; before: string }) =>
      from === null ? `before ${before}` : `${from} to before ${before}`;
    expect(written).toEqual(
      KNOWN_DEFECTS.map(({ id, ranges }) => [id, ranges.map(versionsOf).join(', ')]),
    );
  });

  it('say where to read about them and what to do', () => {
    for (const { source, advice, what } of defectsOf({ version: '2.2.0', ...FOREIGN })) {
      expect(source).toMatch(/^https:\/\/|docs\/operations\.md/);
      expect(advice).not.toBe('');
      expect(what).not.toBe('');
    }
  });
});
