import { CliptideError, type ErrorCode, toCliptideError } from '../../domain/errors.ts';
import { eventsKey } from '../../domain/ids.ts';
import type { EndedStream } from '../../domain/records.gen.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventsFiles } from '../../ports/eventsfile.ts';
import type { EventsStore } from '../../ports/eventsstore.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { isInTopic, type Topics } from '../../runtime/broadcastrecords.ts';
import type { SinkStage } from '../../runtime/stage.ts';
import { endedArchive } from './archive.ts';
import { filedRecords } from './filed.ts';

export interface KeepDependencies extends Topics {
  readonly files: EventsFiles;
  readonly store: EventsStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What must not stop the stage: the file is not made, and the broadcast can be replayed while its topics hold it. */
const refusals: ReadonlySet<ErrorCode> = new Set(['budget', 'space', 'offset-range']);

/**
 * Writes the events of each broadcast that has ended into one file, so that it can be replayed when its topics have let
 * it go. The file's name follows from the broadcast's id and is given once; a second time changes nothing.
 */
export function keepStage(deps: KeepDependencies): SinkStage {
  const { metrics, logger } = deps;
  for (const outcome of ['kept', 'refused'] as const) metrics.add('cliptide_kept_broadcasts_total', 0, { outcome });
  const tell = (outcome: 'kept' | 'refused'): void => metrics.add('cliptide_kept_broadcasts_total', 1, { outcome });
  return {
    name: 'keep',
    inputs: ['streams.ended'],
    waitsFor: 'clips',
    maxBatch: 1,
    handle: async (batch, stopping = new AbortController().signal) => {
      for (const input of batch) {
        if (input.topic !== 'streams.ended' || input.record.run !== 'live') continue;
        try {
          if (await keep(deps, input.record, input.appendedAtMs, stopping)) tell('kept');
        } catch (error) {
          const { code, message, hint } = toCliptideError(error);
          if (!refusals.has(code)) throw error;
          tell('refused');
          logger.warn('events were not kept', { streamId: input.record.streamId, code, reason: message, hint });
        }
      }
    },
  };
}

/** Whether it was put there now. */
async function keep(
  deps: KeepDependencies,
  ended: EndedStream,
  endedAtMs: number,
  stopping: AbortSignal,
): Promise<boolean> {
  const { store, files, logger } = deps;
  const { streamId, channelId, zeroAtMs } = ended;
  const key = eventsKey(streamId);
  if (await store.has(key)) return false;
  if (!(await isInTopic(deps, ended))) {
    throw new CliptideError('offset-range', 'the beginning of the broadcast is not in its topic any more', {
      where: `live.analytics[${ended.partition}]@${ended.firstOffset ?? 0}`,
      hint: 'keep live.analytics for longer than a broadcast takes (retentionHours)',
    });
  }
  const archive = await endedArchive(deps, ended, endedAtMs, stopping);
  const broadcast = { streamId, channelId, zeroAtMs, endedAtMs: ended.endedAtMs };
  const { bytes } = await store.put(key, (path, grow) =>
    files.write(path, broadcast, filedRecords(deps, ended, archive, stopping), grow),
  );
  logger.info('events kept', { streamId, key, bytes });
  return true;
}
