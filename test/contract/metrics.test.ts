import { expect, it } from 'vitest';
import { memoryMetrics } from '../../src/adapters/embedded/metrics.ts';
import { prometheusMetrics } from '../../src/adapters/prometheus/metrics.ts';
import { metricSpecs } from '../../src/domain/metrics.ts';
import { metricsContract } from './metrics.contract.ts';

metricsContract('in memory', memoryMetrics);
metricsContract('for Prometheus', prometheusMetrics);

const linesOf = async (metrics: ReturnType<typeof prometheusMetrics>): Promise<string[]> =>
  (await metrics.text()).split('\n');

it('exposes what was counted, with help and type, and none of what was forgotten', async () => {
  const metrics = prometheusMetrics();
  metrics.add('cliptide_dead_letters_total', 0, { stage: 'score' });
  metrics.set('cliptide_states', 4, { stage: 'score', partition: '1' });
  metrics.set('cliptide_states', 5, { stage: 'score', partition: '2' });
  metrics.observe('cliptide_commit_cycle_seconds', 0.3, { stage: 'record' });
  metrics.forget({ partition: '1' });
  const lines = await linesOf(metrics);
  expect(lines).toContain('cliptide_dead_letters_total{stage="score"} 0');
  expect(lines.filter((line) => line.startsWith('cliptide_states'))).toEqual([
    'cliptide_states{stage="score",partition="2"} 5',
  ]);
  expect(lines).toContain('cliptide_commit_cycle_seconds_bucket{le="0.25",stage="record"} 0');
  expect(lines).toContain('cliptide_commit_cycle_seconds_bucket{le="0.5",stage="record"} 1');
  expect(lines).toContain('cliptide_commit_cycle_seconds_sum{stage="record"} 0.3');
  for (const [name, { type, help }] of Object.entries(metricSpecs)) {
    expect(lines).toContain(`# TYPE ${name} ${type}`);
    expect(lines).toContain(`# HELP ${name} ${help}`);
  }
});

it('does not show a gauge that nobody has measured as 0', async () => {
  const lines = await linesOf(prometheusMetrics());
  expect(lines.filter((line) => /^cliptide_(disk|data)_/.test(line))).toEqual([]);
});

it("tells of the process itself, in names that Prometheus' linter takes", async () => {
  const text = await prometheusMetrics().text();
  expect(text).toMatch(/^process_cpu_seconds_total \d/m);
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  expect(text).not.toMatch(/^# TYPE \w+_total (gauge|histogram)$/m);
});
