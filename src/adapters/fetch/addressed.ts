import { CliptideError, isRefused, isTransient, toCliptideError } from '../../domain/errors.ts';
import type { ArchiveView } from '../../domain/mediaclock/view.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { ArchiveAddresses } from '../../ports/addresses.ts';

interface Asked {
  readonly archive: ArchiveView;
  readonly segment: ArchiveSegment;
  readonly addresses: ArchiveAddresses | undefined;
  readonly signal: AbortSignal;
}

/**
 * Fetches a segment where it is now. An address that is refused (401, 403) is asked for anew, once. Rejects with
 * `media-gone` and a sentence that says so when it stays refused, or when the segment has left a live playlist.
 */
export async function atItsAddress<T>(asked: Asked, fetch: (segment: ArchiveSegment) => Promise<T>): Promise<T> {
  const { archive, segment, addresses } = asked;
  const current = addresses?.known(archive, segment) ?? segment;
  try {
    return await fetch(current);
  } catch (error) {
    if (addresses === undefined || !isRefused(error)) throw explained(error, archive, segment);
    const renewed = await renewedOr(error, asked, addresses, current);
    return await fetch(renewed).catch((again: unknown) => {
      throw isRefused(again)
        ? stillRefused(again, 'a new one from its playlist was refused as well')
        : explained(again, archive, segment);
    });
  }
}

async function renewedOr(
  refused: unknown,
  { archive, segment, signal }: Asked,
  addresses: ArchiveAddresses,
  current: ArchiveSegment,
): Promise<ArchiveSegment> {
  let found: ArchiveSegment | undefined;
  try {
    found = await addresses.renewed(archive, current, signal);
  } catch (error) {
    const { code, message } = toCliptideError(error);
    if (isTransient(error) || code === 'aborted') throw error;
    throw stillRefused(refused, `its playlist gives no new one (${message})`);
  }
  if (found !== undefined) return found;
  if (!archive.ended) throw slidOut(refused, segment);
  throw stillRefused(refused, 'its playlist lists the segment no more');
}

function stillRefused(error: unknown, why: string): CliptideError {
  const { message, where, status } = toCliptideError(error);
  return new CliptideError('media-gone', `${message}; ${why}`, {
    ...(where === undefined ? {} : { where }),
    ...(status === undefined ? {} : { status }),
    hint: 'Start again with an address whose token still holds.',
    cause: error,
  });
}

/** A segment that a live playlist once listed and its origin does not have: not any more, or it never had. */
function explained(error: unknown, archive: ArchiveView, segment: ArchiveSegment): unknown {
  const status = error instanceof CliptideError ? error.status : undefined;
  return !archive.ended && (status === 404 || status === 410) ? slidOut(error, segment, 'probably ') : error;
}

function slidOut(error: unknown, { sequence }: ArchiveSegment, surely: '' | 'probably ' = ''): CliptideError {
  const { message, where } = toCliptideError(error);
  return new CliptideError(
    'media-gone',
    `Segment ${sequence} ${surely}slid out of the live playlist before it was fetched: ${message}`,
    {
      ...(where === undefined ? {} : { where }),
      hint: 'Where a playlist is shorter than highlights take to be found, keep a longer tail (tail.seconds, tail.capBytes).',
      cause: error,
    },
  );
}
