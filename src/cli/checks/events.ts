import { stat } from 'node:fs/promises';
import { followNdjson } from '../../adapters/chatfile/follow.ts';
import type { SourceConfig } from '../../config/config.ts';
import { toCliptideError } from '../../domain/errors.ts';
import type { SourceItem } from '../../ports/source.ts';
import { foreignIds } from '../live/foreign.ts';
import { type Finding, ok, warn } from './finding.ts';

/** For one file, in milliseconds. */
const deadlineMs = 2_000;

/** Whether the first event of a source's file is of the broadcast that it is configured for. A pipe is left alone. */
export async function checkEvents(source: Pick<SourceConfig, 'streamId' | 'channelId' | 'events'>): Promise<Finding> {
  const name = `events ${source.streamId}`;
  try {
    if ((await stat(source.events).catch(() => undefined))?.isFIFO()) return ok(name, 'a pipe');
    const first = await firstItem(source.events);
    if (first === undefined) return ok(name, 'no event yet');
    if (first.kind === 'damaged') {
      return warn(name, `first damage: record ${first.position}, ${first.reason}`, 'correct who writes it');
    }
    const foreign = foreignIds(first, source, true);
    return foreign === undefined ? ok(name, 'its first event is its own') : warn(name, foreign.what, foreign.todo);
  } catch (error) {
    const { message, hint = 'correct "events"' } = toCliptideError(error);
    return warn(name, message, hint);
  }
}

/** The first record that is an event or is damaged; undefined where there is none yet. */
async function firstItem(path: string): Promise<SourceItem | undefined> {
  const chat = await followNdjson(path);
  for await (const batch of chat.items(AbortSignal.timeout(deadlineMs))) {
    const first = batch.find(({ kind }) => kind !== 'ignored');
    if (first !== undefined) return first;
  }
  return undefined;
}
