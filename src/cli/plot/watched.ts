import { highlightId } from '../../domain/ids.ts';
import type { StreamRanking } from '../../domain/records.gen.ts';
import type { FeatureVector } from '../../domain/scoring/features.ts';
import type { ScoredSecond } from '../../domain/scoring/scorer.ts';
import type { ScoreWatch } from '../../stages/score/stage.ts';
import { counted } from '../counted.ts';
import { timeText } from './scale.ts';
import type { PlotHighlight, PlotLabel, PlotSecond, PlotSeries } from './series.ts';

/** Keeps what a plot shows of a chat while it is scored. */
export class PlotWatch implements ScoreWatch {
  private readonly zeroAtMs: number;
  private readonly seconds: PlotSecond[] = [];
  private readonly begun: (Omit<PlotHighlight, 'rank'> & { readonly atMs: number })[] = [];

  /** Seconds count from `zeroAtMs`, in event time. */
  constructor(zeroAtMs: number) {
    this.zeroAtMs = zeroAtMs;
  }

  event(): void {}

  closed({ second, score, threshold, messages, hindrance }: ScoredSecond, _: FeatureVector, zeroMs: number): void {
    const atMs = zeroMs + second * 1_000;
    const sec = (atMs - this.zeroAtMs) / 1_000;
    this.seconds.push({ sec, score, threshold, messages });
    if (hindrance === null) this.begun.push({ sec, score, atMs });
  }

  series(title: string, ranking: StreamRanking, labels: readonly PlotLabel[]): PlotSeries {
    const { seconds } = this;
    const highlights = this.begun.map(({ sec, score, atMs }) => ({ sec, score, rank: rankOf(atMs, ranking) }));
    const messages = seconds.reduce((sum, second) => sum + second.messages, 0);
    const length = timeText((seconds.at(-1)?.sec ?? -1) + 1 - (seconds[0]?.sec ?? 0));
    const subtitle = `scored by ${ranking.model}: ${counted(highlights.length, 'highlight')}, ${counted(messages, 'message')} in ${length}`;
    return { title, subtitle, seconds, highlights, labels };
  }
}

/** The best rank of the maxima that belong to the highlight of a second. */
function rankOf(atMs: number, { streamId, model, candidates }: StreamRanking): number | null {
  const id = highlightId(streamId, model, atMs);
  return candidates.find((candidate) => candidate.emitted && candidate.highlightId === id)?.rank ?? null;
}
