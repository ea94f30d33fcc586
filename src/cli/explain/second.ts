import { CliptideError } from '../../domain/errors.ts';
import { clockSeconds } from '../recording/clocktime.ts';

/** A second as `--at` gives it: a number, or `h:mm:ss` or `m:ss`. Throws `usage` for what is neither. */
export function secondOf(text: string): number {
  const written = text.trim();
  const clock = clockSeconds(written);
  if (clock !== undefined) return clock;
  if (/^-?\d+(\.\d+)?$/.test(written)) return Number(written);
  throw new CliptideError('usage', `"${text}" is no second`, { where: '--at', hint: 'write 754, 12:34 or 0:12:34' });
}
