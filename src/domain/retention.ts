import type { ChannelLimits } from './budgets.ts';

/** A clip as it lies in the store, with what belongs to it. */
export interface KeptClip {
  readonly clipId: string;
  /** In blocks. */
  readonly bytes: number;
  readonly storedAtMs: number;
  /** Whether its video is there: it comes last. */
  readonly isWhole: boolean;
  /** Whether somebody wants it kept whatever the limits say. */
  readonly isPinned: boolean;
}

export interface Removal<C> {
  readonly clip: C;
  readonly reason: string;
}

type Limits = Pick<ChannelLimits, 'clipBytes' | 'clipCount' | 'clipDays'>;

const dayMs = 86_400_000;
export const graceMs = 10 * 60_000;

/**
 * A clip that has just been made is still being announced, copied and looked at. One of a clock that ran ahead, before it
 * was set, is not: it would stay until that time has come.
 */
export const isJustMade = (storedAtMs: number, nowMs: number): boolean => Math.abs(nowMs - storedAtMs) < graceMs;

/**
 * Which of a channel's clips have to go so that `room` more keeps within its limits: those that are too old, then the
 * oldest. Pinned ones and those of the last ten minutes stay, and then it may not be enough.
 */
export function removals<C extends KeptClip>(
  clips: readonly C[],
  limits: Limits,
  room: { readonly bytes: number; readonly clips: number },
  nowMs: number,
): readonly Removal<C>[] {
  const { clipBytes = Number.POSITIVE_INFINITY, clipCount = Number.POSITIVE_INFINITY } = limits;
  const { clipDays = Number.POSITIVE_INFINITY } = limits;
  let bytes = clips.reduce((sum, clip) => sum + clip.bytes, room.bytes);
  let count = clips.filter(({ isWhole }) => isWhole).length + room.clips;
  const free = clips.filter(({ isPinned, storedAtMs }) => !isPinned && !isJustMade(storedAtMs, nowMs));
  return free
    .toSorted((a, b) => a.storedAtMs - b.storedAtMs || (a.clipId < b.clipId ? -1 : 1))
    .flatMap((clip) => {
      const reason = why(
        nowMs - clip.storedAtMs > clipDays * dayMs,
        bytes > clipBytes,
        clip.isWhole && count > clipCount,
        limits,
      );
      if (reason === undefined) return [];
      bytes -= clip.bytes;
      if (clip.isWhole) count -= 1;
      return [{ clip, reason }];
    });
}

function why(isOld: boolean, isLarge: boolean, isMany: boolean, limits: Limits): string | undefined {
  if (isOld) return `older than ${limits.clipDays} days (clipDays)`;
  if (isLarge) return `the oldest of more than ${limits.clipBytes} bytes (clipBytes)`;
  return isMany ? `the oldest of more than ${limits.clipCount} clips (clipCount)` : undefined;
}
