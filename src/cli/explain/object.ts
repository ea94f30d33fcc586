import type { CurvePoint } from '../../domain/scoring/explain/explanation.ts';
import { reasons } from '../../domain/scoring/explain/sentences.ts';
import { printable } from '../printable.ts';
import type { Explained } from './explained.ts';
import type { ExplainedHighlight } from './highlight.ts';
import type { HighlightRecord } from './record.ts';
import { counterfactualSentences, keptExplanation, outcomeSentence } from './told.ts';

/** What `explain --chat --json` prints. */
export const chatObject = (path: string, found: Explained): object => ({
  kind: 'explanation',
  from: 'chat',
  file: path,
  record: null,
  why: null,
  ...fullFields(found),
});

/** What `explain HIGHLIGHT --json` prints; what a record alone does not say is null. */
export function highlightObject(found: ExplainedHighlight): object {
  const { from, record } = found;
  const known = { kind: 'explanation', from, file: null, record: recordFields(record) };
  return found.from === 'record'
    ? { ...known, why: found.why, ...keptFields(found) }
    : { ...known, why: null, ...fullFields(found.full) };
}

const recordFields = ({ terms, title, ...record }: HighlightRecord): object => ({
  ...record,
  terms: terms.map((term) => printable(term)),
  title: printable(title),
});

function fullFields(found: Explained): object {
  const { explanation, zeroSec, wish } = found;
  const { baseline, features, outcome, wishes } = explanation;
  const secOf = (second: number | null): number | null => (second === null ? null : zeroSec + second);
  const point = ({ second, score, threshold }: CurvePoint) => {
    return { sec: zeroSec + second, score, threshold, margin: score - threshold };
  };
  return {
    streamId: found.streamId,
    model: found.model.version,
    asked: point(explanation.asked),
    explained: { ...point(explanation.explained), chosen: explanation.explained.chosen },
    ...{ baseline, features, reasons: reasons(features) },
    outcome: {
      emitted: outcome.emitted,
      emittedSec: secOf(outcome.emittedSecond),
      highlightId: found.highlightId,
      hindrance: outcome.hindrance,
      previousSec: secOf(outcome.previousSecond),
      said: outcomeSentence(found),
    },
    moment: found.moment,
    ranked: found.ranked,
    counterfactuals: {
      features: explanation.decisive,
      wish: { perHour: wish, emittedWith: wishes.emitted, notEmittedWith: wishes.notEmitted },
      said: counterfactualSentences(found),
    },
    messages: found.said,
  };
}

function keptFields(found: Extract<ExplainedHighlight, { readonly from: 'record' }>): object {
  const { streamId, score, threshold, model, peakMs, zeroMs } = found.record;
  const { baseline, features, decisive, counterfactuals } = keptExplanation(found);
  const sec = zeroMs === null ? null : (peakMs - zeroMs) / 1_000;
  const explained = {
    sec,
    score,
    threshold,
    margin: threshold === null ? null : score - threshold,
    chosen: 'highlight',
  };
  return {
    ...{ streamId, model, asked: null, explained, baseline, features, reasons: reasons(features) },
    ...{ outcome: null, moment: null, ranked: null },
    counterfactuals: { features: decisive, wish: null, said: counterfactuals },
    messages: null,
  };
}
