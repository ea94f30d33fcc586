import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricsTable } from '../../../scripts/metrics-table.ts';
import { withSection } from '../../../scripts/sections.ts';
import { type MetricSpec, metricSpecs } from '../../../src/domain/metrics.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/operations.md');
const specs: Readonly<Record<string, MetricSpec>> = metricSpecs;
const rules = read('topology/prometheus/alerts.yml')
  .split(/^ +- alert: /m)
  .slice(1);
const nameOf = (rule: string): string => rule.split('\n')[0] ?? '';
const specOf = (series: string): MetricSpec | undefined => specs[series] ?? specs[series.replace(/_bucket$/, '')];

describe('docs/operations.md', () => {
  it('has the metrics that are declared', () => {
    expect(withSection(page, 'metrics', metricsTable())).toBe(page);
  });

  it('names every alert that is shipped, and each has a test', () => {
    const named = [...page.matchAll(/^\| `(Cliptide\w+)` \|/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(rules.map(nameOf).sort());
    const tests = readdirSync(new URL('../../../topology/prometheus/tests/', import.meta.url));
    expect(tests.sort()).toEqual(named.map((name) => `${name}.yml`).sort());
  });
});

describe('metrics', () => {
  it.each(Object.entries(specs))('%s has a name after the rules of Prometheus, and says what it is', (name, spec) => {
    expect(name).toMatch(/^cliptide_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(spec.type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb|megabytes|count|sum|bucket)$/);
    expect(spec.help).toMatch(/^[A-Z].*\.$/);
    expect(spec.buckets !== undefined).toBe(spec.type === 'histogram');
  });
});

describe('alerts', () => {
  it.each(rules.map((rule) => [nameOf(rule), rule]))('%s asks and tells of metrics that there are', (_, rule) => {
    const expression = rule.slice(rule.indexOf('expr:'), rule.indexOf('labels:'));
    const asked = [...expression.matchAll(/cliptide_\w+/g)].map(([series]) => series);
    expect(asked.length).toBeGreaterThan(0);
    for (const series of asked) expect(specOf(series), series).toBeDefined();
    const labels = asked.flatMap((series) => specOf(series)?.labels ?? []);
    for (const [, label] of rule.matchAll(/\$labels\.(\w+)/g)) expect(labels).toContain(label);
    for (const [, inside] of expression.matchAll(/\{(.*?)\}/g)) {
      for (const [, label] of (inside ?? '').matchAll(/(\w+)(?:=|!)/g)) expect(labels).toContain(label);
    }
    // What the text sends people to must be there as well.
    for (const [series] of rule.matchAll(/\bcliptide_\w+/g)) expect(specOf(series), series).toBeDefined();
  });
});
