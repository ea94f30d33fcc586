import { chooseBoundaries } from '../../domain/boundaries.ts';
import { tagsFrom, titleFrom } from '../../domain/titles.ts';
import type { Refiner } from '../../ports/refiner.ts';

/** Refines without a model: boundaries by sound and cuts, title and tags from what chat said. */
export function heuristics(): Refiner {
  return {
    refine: async ({ task, terms, findings }) => ({
      ...chooseBoundaries(task, findings),
      peakMs: task.peakMs,
      title: titleFrom(terms),
      tags: tagsFrom(terms),
      refinedBy: 'heuristics',
    }),
  };
}
