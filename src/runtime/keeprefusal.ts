import type { ChannelLimits } from '../domain/budgets.ts';
import { CliptideError } from '../domain/errors.ts';
import { type Keeping, parseChannelScope } from '../domain/scopes.ts';

const names: Readonly<Record<Keeping, string>> = {
  clipBytes: 'Bytes of stored clips',
  clipCount: 'Stored clips',
};

/** Which clips do not go for a new one, where others do: see `removals`. */
const rule = 'clips of the last ten minutes and those with a .keep file are not removed for a newer one';

/** A refusal by what a channel may keep, in words: what is counted, and why no clip went for the new one. Others as they are. */
export async function keepingRefusal(
  error: CliptideError,
  limits: (channelId: string) => Promise<ChannelLimits>,
): Promise<CliptideError> {
  const { code, message, where = '', hint = 'raise the budget' } = error;
  const { channelId, what } = parseChannelScope(where) ?? {};
  if (code !== 'budget' || channelId === undefined) return error;
  if (what !== 'clipBytes' && what !== 'clipCount') return error;
  const limit = (await limits(channelId))[what] ?? 0;
  const why = limit > 0 ? `; ${rule}` : '';
  const told = `${names[what]} of the channel ${JSON.stringify(channelId)}: ${message}${why}`;
  return new CliptideError('budget', told, { where, hint, cause: error });
}
