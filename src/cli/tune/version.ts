import { createHash } from 'node:crypto';
import type { Model } from '../../domain/scoring/model.ts';
import type { Lessons } from './lessons.ts';

/**
 * The version of a model that was given no name. Ids of highlights follow from it, so it follows from all that the model
 * is made from: the chats, the decisions, the model that it started from, and how late messages may be.
 */
export function versionFrom({ data, decisions }: Lessons, base: Model, latenessMs: number): string {
  const { training: _, ...start } = base;
  const decided = decisions.map((one) => ({ ...one, values: [...one.values] }));
  const made = createHash('sha256')
    .update(JSON.stringify([data.hash, start, latenessMs, ...decided]))
    .digest('hex');
  return `tuned-${made.slice(0, 8)}`;
}
