import type { RefinedHighlight, RenderedClip } from '../../domain/records.gen.ts';
import type { Output } from '../../runtime/stage.ts';
import { want } from './journal.ts';
import { highlightOf, type StreamState, type WorkersState } from './state.ts';

/** A refine task's outcome. A refinement that failed leaves the moment as it was detected. */
export function onRefined(stream: StreamState, workers: WorkersState | undefined, record: RefinedHighlight): Output[] {
  if (workers !== undefined) delete workers.outstanding[record.taskId];
  const highlight = highlightOf(stream, record.highlightId);
  if (highlight?.state !== 'refining' || highlight.revision !== record.revision) return [];
  const base = { highlightId: record.highlightId, toState: 'refined', cause: 'highlights.refined' } as const;
  if (record.outcome !== 'done') return want(stream, record.run, { ...base, reason: record.error });
  const { startMs, peakMs, endMs, title, tags, reasons } = record;
  const moment = { ...highlight.moment, startMs, peakMs, endMs, title, tags };
  return want(stream, record.run, { ...base, reason: reasons.join('; '), moment });
}

/** A render task's outcome: when all presets have one, the highlight is rendered, or failed if one of them did. */
export function onRendered(stream: StreamState, workers: WorkersState | undefined, record: RenderedClip): Output[] {
  if (workers !== undefined) delete workers.outstanding[record.taskId];
  const highlight = highlightOf(stream, record.highlightId);
  if (highlight?.state !== 'rendering' || highlight.revision !== record.revision) return [];
  highlight.outcomes[record.preset] = record.outcome === 'done' ? { clipId: record.clipId } : { error: record.error };
  const outcomes = highlight.presets.map((preset) => highlight.outcomes[preset]);
  if (outcomes.some((outcome) => outcome === undefined)) return [];
  const clips = outcomes.flatMap((outcome) => (outcome !== undefined && 'clipId' in outcome ? [outcome.clipId] : []));
  const errors = outcomes.flatMap((outcome) => (outcome !== undefined && 'error' in outcome ? [outcome.error] : []));
  return want(stream, record.run, {
    highlightId: record.highlightId,
    toState: errors.length === 0 ? 'rendered' : 'failed',
    cause: 'clips.rendered',
    // Presets mostly fail for one reason.
    reason: [...new Set(errors)].join('; '),
    clips,
  });
}
