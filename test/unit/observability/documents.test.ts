import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../../src/observability/metrics.ts';

const FOLDER = new URL('../../../docs/observability/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly todo: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const alerts: { groups: { name: string; rules: Rule[] }[] } = parse(read('alerts.yaml'));
const rules = alerts.groups.flatMap((group) => group.rules);
const dashboard: { panels: Panel[] } = JSON.parse(read('dashboard.json'));
const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);
const EXPRESSIONS = [
  ...rules.map(({ alert, expr }) => [`alert ${alert}`, expr]),
  ...targets.map(({ expr }) => ['dashboard', expr]),
] as const;

// What Prometheus itself gives to every target.
const OF_PROMETHEUS = new Map([['up', []]]);
const OF_EVERY_TARGET = ['instance', 'job', 'le'];

/** Series to their labels, as a process of ours serves them. */
function series(): Map<string, readonly string[]> {
  const metrics = createMetrics();
  metrics.startProcessMetrics();
  const found = new Map<string, readonly string[]>(OF_PROMETHEUS);
  for (const metric of metrics.registry.getMetricsAsArray()) {
    const labels = 'labelNames' in metric ? (metric.labelNames as string[]) : [];
    const suffixes = String(metric.type) === 'histogram' ? ['_bucket', '_count', '_sum'] : [''];
    for (const suffix of suffixes) found.set(`${metric.name}${suffix}`, labels);
  }
  return found;
}

const SERIES = series();
const withoutTexts = (expr: string) => expr.replace(/"[^"]*"/g, '""');
const named = (expr: string): string[] =>
  [...withoutTexts(expr).matchAll(/\b(up|[a-z]+_[a-z_]+)\b(?!\s*\()/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => name.includes('_') || name === 'up')
    .filter((name) => !name.startsWith('__'));

describe.each(EXPRESSIONS)('%s: %s', (_where, expr) => {
  it('names only metrics that there are', () => {
    const unknown = named(expr).filter((name) => !SERIES.has(name));
    expect(unknown).toEqual([]);
    expect(named(expr)).not.toEqual([]);
  });

  it('names only labels that they have', () => {
    const plain = withoutTexts(expr);
    const known = new Set([
      ...OF_EVERY_TARGET,
      ...named(expr).flatMap((name) => SERIES.get(name) ?? []),
    ]);
    const matchers = [...plain.matchAll(/\{([^}]*)\}/g)].flatMap((match) =>
      (match[1] ?? '').split(',').map((part) => /^\s*([a-z_]+)/.exec(part)?.[1] ?? ''),
    );
    const groups = [...plain.matchAll(/\bby \(([^)]*)\)/g)].flatMap((match) =>
      (match[1] ?? '').split(',').map((label) => label.trim()),
    );
    expect([...matchers, ...groups].filter((label) => !known.has(label))).toEqual([]);
  });

  it('is closed wherever it was opened', () => {
    const plain = withoutTexts(expr);
    for (const [open, close] of ['()', '[]', '{}'] as const) {
      expect(plain.split(open as string).length).toBe(plain.split(close as string).length);
    }
  });
});

describe('the alert rules', () => {
  it('say how grave each is, what it means and what to do', () => {
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Chat[A-Za-z]+$/);
      expect(labels.severity, alert).toMatch(/^(critical|warning)$/);
      expect(annotations.summary, alert).not.toBe('');
      expect(annotations.todo, alert).not.toBe('');
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});

describe('the dashboard', () => {
  it('has panels with titles and ids of their own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title } of dashboard.panels) expect(title).not.toBe('');
  });
});
