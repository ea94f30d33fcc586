import { CliptideError } from '../../domain/errors.ts';

/** A second as `--at` gives it: a number, or `h:mm:ss` or `m:ss`. Throws `usage` for what is neither. */
export function secondOf(text: string): number {
  const written = text.trim();
  const clock = /^(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)$/.exec(written);
  if (clock !== null) {
    const [, hours = '0', minutes = '0', seconds = '0'] = clock;
    return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  }
  if (/^-?\d+(\.\d+)?$/.test(written)) return Number(written);
  throw new CliptideError('usage', `"${text}" is no second`, { where: '--at', hint: 'write 754, 12:34 or 0:12:34' });
}
