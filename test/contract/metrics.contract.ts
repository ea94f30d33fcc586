import { describe, expect, it } from 'vitest';
import type { Metrics } from '../../src/ports/metrics.ts';

/** What every adapter of the port does. */
export function metricsContract(name: string, create: () => Metrics): void {
  describe(`metrics: ${name}`, () => {
    it('adds to counters, apart by name and labels, whatever the order of the labels', () => {
      const metrics = create();
      metrics.add('cliptide_events_total', 2, { stage: 'score', fate: 'late' });
      metrics.add('cliptide_events_total', 3, { fate: 'late', stage: 'score' });
      metrics.add('cliptide_events_total', 7, { stage: 'score', fate: 'duplicate' });
      metrics.add('cliptide_ingested_records_total', 5, {});
      expect(metrics.value('cliptide_events_total', { stage: 'score', fate: 'late' })).toBe(5);
      expect(metrics.value('cliptide_events_total', { stage: 'score', fate: 'duplicate' })).toBe(7);
      expect(metrics.value('cliptide_events_total', { stage: 'late', fate: 'score' })).toBe(0);
      expect(metrics.value('cliptide_ingested_records_total', {})).toBe(5);
    });

    it('keeps the last value of a gauge, and counts what a histogram observes', () => {
      const metrics = create();
      metrics.set('cliptide_states', 9, { stage: 'score', partition: '1' });
      metrics.set('cliptide_states', 4, { stage: 'score', partition: '1' });
      metrics.observe('cliptide_commit_cycle_seconds', 0.3, { stage: 'score' });
      metrics.observe('cliptide_commit_cycle_seconds', 90, { stage: 'score' });
      expect(metrics.value('cliptide_states', { stage: 'score', partition: '1' })).toBe(4);
      expect(metrics.value('cliptide_commit_cycle_seconds', { stage: 'score' })).toBe(2);
      expect(metrics.value('cliptide_commit_cycle_seconds', { stage: 'record' })).toBe(0);
    });

    it('forgets the gauges with these labels, and no counter or histogram', () => {
      const metrics = create();
      metrics.set('cliptide_states', 1, { stage: 'score', partition: '1' });
      metrics.set('cliptide_states', 2, { stage: 'score', partition: '2' });
      metrics.set('cliptide_consumer_lag_records', 3, { stage: 'score', partition: '1' });
      metrics.add('cliptide_waits_total', 4, { stage: 'score', on: 'log' });
      metrics.observe('cliptide_commit_cycle_seconds', 1, { stage: 'score' });
      metrics.forget({ stage: 'score', partition: '1' });
      expect(metrics.value('cliptide_states', { stage: 'score', partition: '1' })).toBe(0);
      expect(metrics.value('cliptide_consumer_lag_records', { stage: 'score', partition: '1' })).toBe(0);
      expect(metrics.value('cliptide_states', { stage: 'score', partition: '2' })).toBe(2);
      metrics.forget({ stage: 'score' }, 'cliptide_consumer_lag_records');
      expect(metrics.value('cliptide_states', { stage: 'score', partition: '2' })).toBe(2);
      metrics.forget({ stage: 'score' });
      expect(metrics.value('cliptide_states', { stage: 'score', partition: '2' })).toBe(0);
      expect(metrics.value('cliptide_waits_total', { stage: 'score', on: 'log' })).toBe(4);
      expect(metrics.value('cliptide_commit_cycle_seconds', { stage: 'score' })).toBe(1);
    });
  });
}
