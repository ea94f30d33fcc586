import { shownUri } from '../../adapters/hls/resolve.ts';
import { CliptideError } from '../../domain/errors.ts';
import { readDateTimes } from '../../domain/mediaclock/datetimes.ts';
import type { ArchiveEvent, ArchiveSegment } from '../../domain/records.gen.ts';
import type { Logger } from '../../ports/logger.ts';

/**
 * The events of a recording whose date-times are to be trusted. Rejects with `usage` at its end when it has none; warns
 * where they contradict the durations, so that only the first one can be used.
 */
export async function* withDateTimes(
  events: AsyncIterable<readonly ArchiveEvent[]>,
  vod: string,
  logger: Logger,
): AsyncGenerator<readonly ArchiveEvent[]> {
  const segments: ArchiveSegment[] = [];
  for await (const batch of events) {
    for (const { segment, ended } of batch) {
      if (segment !== null) segments.push(segment);
      if (ended !== null) check(segments, vod, logger);
    }
    yield batch;
  }
}

function check(segments: readonly ArchiveSegment[], vod: string, logger: Logger): void {
  const { anchor, trusted } = readDateTimes(segments);
  if (anchor === undefined) {
    throw new CliptideError('usage', 'the playlist has no program date-times to go by', {
      where: `--offset clock, ${shownUri(vod)}`,
      hint: 'give --offset SECONDS: at which second of the recording the chat begins',
    });
  }
  if (!trusted) {
    logger.warn("The playlist's date-times contradict its durations: only the first one is used", {
      uri: shownUri(vod),
    });
  }
}
