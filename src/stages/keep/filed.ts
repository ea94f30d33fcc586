import type { ArchiveEvent, EndedStream } from '../../domain/records.gen.ts';
import type { FiledRecord } from '../../ports/eventsfile.ts';
import { appliedSettings } from '../../runtime/appliedsettings.ts';
import { liveRecords, type Read, type Topics } from '../../runtime/broadcastrecords.ts';
import { throwIfStopped } from './archive.ts';

const none = { settings: null, archive: null, event: null };

/** All that a replay of the broadcast needs, in the order of the file: settings, archive, live events. */
export async function* filedRecords(
  topics: Topics,
  ended: EndedStream,
  archive: readonly Read<ArchiveEvent>[],
  stopping: AbortSignal,
): AsyncGenerator<readonly FiledRecord[]> {
  const settings = await appliedSettings(topics, ended);
  const { partition } = ended;
  yield settings.map((one, offset) => ({ ...none, partition, offset, appendedAtMs: 0, settings: one }));
  yield archive.map(({ log, record }) => ({ ...placeOf(log), ...none, archive: record }));
  for await (const batch of liveRecords(topics, ended)) {
    throwIfStopped(stopping);
    yield batch.map(({ log, record }) => ({ ...placeOf(log), ...none, event: record }));
  }
}

const placeOf = ({ partition, offset, appendedAtMs }: Read<unknown>['log']) => ({ partition, offset, appendedAtMs });
