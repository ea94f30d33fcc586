import { CliptideError } from '../errors.ts';

/** A moment that people marked, in seconds from the start of the video. */
export interface Label {
  readonly startSec: number;
  readonly endSec: number;
}

/** A prediction hits a label if its start lies from `beforeSec` before the label's start to `afterSec` after its end. */
export interface HitRule {
  readonly beforeSec: number;
  readonly afterSec: number;
}

export const hits = (rule: HitRule, label: Label, startSec: number): boolean =>
  label.startSec - rule.beforeSec <= startSec && startSec <= label.endSec + rule.afterSec;

export const isHit = (rule: HitRule, labels: readonly Label[], startSec: number): boolean =>
  labels.some((label) => hits(rule, label, startSec));

/**
 * The labels of a file, `start_s TAB end_s TAB kind` a line, whose kind is `highlight`; others (`rejected`) are no
 * labels. One that ends before it starts stays, as the judge has it. Throws `damaged`, naming the line, where one cannot
 * be read.
 */
export function parseLabels(text: string, where: string): readonly Label[] {
  const labels: Label[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [start, end, kind] = line.trimEnd().split('\t');
    const label = { startSec: Number(start), endSec: Number(end) };
    const isRead = start !== '' && end !== '' && kind !== undefined && kind !== '';
    if (!isRead || !Number.isFinite(label.startSec) || !Number.isFinite(label.endSec)) {
      throw new CliptideError('damaged', 'a label is no "start TAB end TAB kind"', {
        where: `${where}: line ${index + 1}`,
        hint: 'give seconds from the start of the video, and highlight or rejected as the kind',
      });
    }
    if (kind === 'highlight') labels.push(label);
  }
  return labels;
}
