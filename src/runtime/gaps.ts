import type { StageName } from '../../topology/topics.ts';
import type { Gap } from '../domain/records.gen.ts';
import type { Assignment, Bounds, Offsets } from '../ports/eventlog.ts';
import type { RuntimeDependencies } from './dependencies.ts';
import { readableInput } from './records.ts';
import { scan } from './scan.ts';

const topic = 'operator.gaps';

/** The gaps of one partition that an operator has given up for a stage (`cliptide recover --accept-gap`). */
export async function readGaps(
  deps: Pick<RuntimeDependencies, 'log' | 'codec' | 'run'>,
  stage: StageName,
  partition: number,
): Promise<readonly Gap[]> {
  const gaps: Gap[] = [];
  for await (const records of scan(deps, topic, partition)) {
    for (const record of records) {
      const gap = readableInput<typeof topic>(deps.codec, record)?.record;
      if (gap !== undefined && gap.stage === stage && gap.run === deps.run) gaps.push(gap);
    }
  }
  return gaps;
}

/**
 * Where a stage goes on: at its offset, or behind the gaps that were given up where the record at its offset is gone.
 * What is still there is never passed over, such as in a topic that was made anew.
 */
export function behindGaps(gaps: readonly Gap[], input: string, offset: number, { start }: Bounds): number {
  let next = offset;
  while (next < start) {
    const gap = gaps.find(
      ({ topic: of, fromOffset, toOffset }) => of === input && fromOffset <= next && next < toOffset,
    );
    if (gap === undefined) break;
    next = gap.toOffset;
  }
  return next;
}

/** Seeks every input of a partition behind its given-up gaps; gives the offsets that the inputs go on at. */
export async function passGaps(
  deps: RuntimeDependencies,
  stage: { readonly name: StageName; readonly inputs: readonly string[] },
  assignment: Assignment,
  positions: Offsets,
): Promise<Offsets> {
  const { partition } = assignment;
  const gaps = await readGaps(deps, stage.name, partition);
  if (gaps.length === 0) return positions;
  const known = stage.inputs.filter((input) => positions[input] !== undefined);
  const bounds = await deps.log.boundsOf(known.map((input) => ({ topic: input, partition })));
  const passed: Record<string, number> = { ...positions };
  for (const [index, input] of known.entries()) {
    const offset = positions[input] ?? 0;
    const next = behindGaps(gaps, input, offset, bounds[index] ?? { start: 0, end: 0 });
    if (next === offset) continue;
    passed[input] = next;
    assignment.seek(input, next);
    deps.logger.warn('goes on behind records that were lost', {
      stage: stage.name,
      topic: input,
      partition,
      offset,
      next,
    });
    if (input === 'live.analytics') {
      deps.metrics.add('cliptide_events_total', next - offset, { stage: stage.name, fate: 'lost' });
    }
  }
  return passed;
}
