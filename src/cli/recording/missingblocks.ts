import { shownUri } from '../../adapters/hls/resolve.ts';
import type { CliptideError } from '../../domain/errors.ts';
import { capAdvice } from '../capadvice.ts';
import { clockAt } from './cliprow.ts';
import type { Missing } from './cut.ts';

const lookAtTimes = 'check that the recording is complete, the --offset, and that the dates of chat and playlist agree';

/** For people: each moment that could not be cut, with where and what to do; for equal ones in a row these come once. */
export function missingBlocks(missing: readonly Missing[], places: Places, zeroAtMs: number): readonly string[] {
  const told = missing.flatMap((moment) => toldOf(moment, places, zeroAtMs));
  return told.map(({ what, details }, index) => (details === told[index + 1]?.details ? what : what + details));
}

export interface Places {
  readonly vod: string;
  readonly out: string;
}

interface Told {
  readonly what: string;
  readonly details: string;
}

function toldOf({ candidate, reason, errors }: Missing, places: Places, zeroAtMs: number): readonly Told[] {
  const at = clockAt(candidate.peakMs, zeroAtMs);
  const what = `cliptide: rank ${candidate.rank} at ${at} could not be cut: `;
  if (errors.length === 0) return [{ what: what + withoutCode(reason), details: `\n  where: ${shownUri(places.vod)}` }];
  return errors.map((error) => ({ what: what + error.message, details: detailsOf(error, places) }));
}

function detailsOf(error: CliptideError, { vod, out }: Places): string {
  // The folder that was full is one of the work's own, which is gone.
  const where = error.code === 'space' ? out : (error.where ?? shownUri(vod));
  const hint = hintOf(error);
  return `\n  where: ${where}${hint === undefined ? '' : `\n  to do: ${hint}`}`;
}

function hintOf({ code, where, hint }: CliptideError): string | undefined {
  // What lies nowhere has no place: the others were asked for somewhere, and know better.
  if (code === 'media-gone' && where === undefined) return lookAtTimes;
  return code === 'budget' ? capAdvice(where ?? '') : hint;
}

/** An error on a record without the code that it begins with. */
export const withoutCode = (reason: string): string => reason.replace(/^[a-z-]+: /, '');
