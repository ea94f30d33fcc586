import { FateCounts } from '../../domain/scoring/fates.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { StageContext } from '../../runtime/stage.ts';
import type { ScoreState } from './state.ts';

type StreamState = Extract<ScoreState, { kind: 'stream' }>;

export const fates = ['processed', 'late', 'duplicate', 'deadLettered', 'ignored'] as const;

/** A broadcast that has not moved for so long was left without an end: it must not hold the figures of the others. */
const abandonedAfterMs = 3_600_000;

interface Known {
  /** What of its counts has been told, or was counted before this process had it. */
  told: FateCounts;
  watermarkMs: number | null;
  movedAtMs: number;
}

/**
 * Figures of the broadcasts of this process. Nothing is done for an event: what became of it is read from the counts
 * that every broadcast keeps, now and then and at its end.
 */
export class ScoreFigures {
  private readonly known = new WeakMap<StreamState, Known>();
  private readonly untold = new FateCounts();

  /** A broadcast is taken up with what an earlier owner has counted. */
  restored(state: ScoreState): ScoreState {
    if (state.kind === 'stream' && state.stream !== null) this.knownOf(state).told = copyOf(state.stream.fates);
    return state;
  }

  /** Takes what a broadcast has counted since the last time; its end drops the counts. */
  settle(state: StreamState): void {
    if (state.stream === null) return;
    const known = this.knownOf(state);
    for (const fate of fates) this.untold[fate] += state.stream.fates[fate] - known.told[fate];
    known.told = copyOf(state.stream.fates);
  }

  /** An event came after the end of its broadcast. */
  cameAfterEnd(): void {
    this.untold.late += 1;
  }

  tell(metrics: Metrics, nowMs: number, context: StageContext<ScoreState>): void {
    let delayMs = 0;
    let leastMs = Number.POSITIVE_INFINITY;
    for (const key of context.keys()) {
      const state = context.peek(key);
      if (state?.kind !== 'stream' || state.stream === null) continue;
      this.settle(state);
      const { watermark, clock } = state.stream;
      if (watermark === null || clock.now === null || this.isAbandoned(state, watermark, nowMs)) continue;
      delayMs = Math.max(delayMs, clock.now - watermark);
      leastMs = Math.min(leastMs, watermark);
    }
    this.tellFates(metrics);
    const labels = { stage: 'score', partition: String(context.partition) };
    if (leastMs === Number.POSITIVE_INFINITY) {
      // Nothing is on air: the last broadcast's figures would stand for ever.
      metrics.forget(labels, 'cliptide_watermark_delay_seconds');
      metrics.forget(labels, 'cliptide_watermark_timestamp_seconds');
      return;
    }
    metrics.set('cliptide_watermark_delay_seconds', delayMs / 1_000, labels);
    metrics.set('cliptide_watermark_timestamp_seconds', leastMs / 1_000, labels);
  }

  private tellFates(metrics: Metrics): void {
    for (const fate of fates) {
      metrics.add('cliptide_events_total', this.untold[fate], { stage: 'score', fate });
      this.untold[fate] = 0;
    }
  }

  private isAbandoned(state: StreamState, watermarkMs: number, nowMs: number): boolean {
    const known = this.knownOf(state);
    if (known.watermarkMs !== watermarkMs) {
      known.watermarkMs = watermarkMs;
      known.movedAtMs = nowMs;
    }
    return nowMs - known.movedAtMs > abandonedAfterMs;
  }

  private knownOf(state: StreamState): Known {
    let known = this.known.get(state);
    if (known === undefined) {
      known = { told: new FateCounts(), watermarkMs: null, movedAtMs: 0 };
      this.known.set(state, known);
    }
    return known;
  }
}

function copyOf(counts: FateCounts): FateCounts {
  return Object.assign(new FateCounts(), counts);
}
