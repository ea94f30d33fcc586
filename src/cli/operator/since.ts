import { CliptideError } from '../../domain/errors.ts';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as it is given on the command line, `2h` ago or a date and time, in milliseconds since 1970-01-01 UTC. */
export function sinceOf(written: string | undefined, nowMs: number): number | undefined {
  if (written === undefined) return undefined;
  const ago = /^(\d+(?:\.\d+)?)([smhd])$/.exec(written);
  if (ago !== null) return Math.round(nowMs - Number(ago[1]) * (units[ago[2] ?? ''] ?? 0));
  const atMs = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  throw new CliptideError('usage', `--since ${written} is no time`, {
    hint: 'write how long ago (90m, 2h, 3d), a date (2026-05-01), or a date and time with its zone (2026-05-01T18:00:00Z)',
  });
}
