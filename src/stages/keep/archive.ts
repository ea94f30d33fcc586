import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveEvent, EndedStream } from '../../domain/records.gen.ts';
import type { Clock } from '../../ports/clock.ts';
import { archiveRecords, type Read, type Topics } from '../../runtime/broadcastrecords.ts';

/** An archive is watched for half a minute longer than chat; who watched it may have gone without saying that it ended. */
const graceMs = 120_000;
/** A file that is played faster than life may be over before its archive was opened; where there is none, this is short. */
const openingMs = 10_000;
const lookEveryMs = 1_000;

/**
 * What the log says of a broadcast's archive once that has ended as well, or two minutes after the broadcast's end was
 * appended (ten seconds, where nothing is known of an archive). Rejects with `unavailable` when it is stopped meanwhile.
 */
export async function endedArchive(
  deps: Topics & { readonly clock: Clock },
  ended: EndedStream,
  endedAtMs: number,
  stopping: AbortSignal,
): Promise<readonly Read<ArchiveEvent>[]> {
  const { clock } = deps;
  while (true) {
    const archive = await archiveRecords(deps, ended);
    const isOver = archive.some(({ record }) => record.ended !== null);
    if (isOver || clock.now() - endedAtMs >= (archive.length === 0 ? openingMs : graceMs)) return archive;
    await clock.sleep(lookEveryMs, stopping).catch(() => undefined);
    throwIfStopped(stopping);
  }
}

/** A stop leaves the broadcast for the next start. */
export function throwIfStopped(stopping: AbortSignal): void {
  if (stopping.aborted) throw new CliptideError('unavailable', 'the stage stops before the events were kept');
}
