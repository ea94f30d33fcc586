import type { RenderedClip } from '../../domain/records.gen.ts';
import { type ChannelScope, parseChannelScope } from '../../domain/scopes.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';
import { isRefusal } from '../../stages/conduct/journal.ts';
import { retryAfter } from '../../stages/conduct/retries.ts';
import { capAdvice, scopeIn } from '../capadvice.ts';
import { readTopic } from '../node/watch.ts';
import { shellWord } from '../shellword.ts';
import { journalled } from './outcome.ts';

/** In how many milliseconds a clip that was not made is tried again; undefined where it is not. */
export async function nextTry(clip: RenderedClip, deps: StatefulDependencies): Promise<number | undefined> {
  const { retries, refusals } = (await journalled(clip, deps))[clip.highlightId] ?? { retries: 0, refusals: 0 };
  return retryAfter({ failure: clip.error, retries, refusals });
}

/** What the render stage says of a moment that the archive does not reach. */
const outside = /lies (before the start|after the end) of the recorded media/;
const agree = 'see whether the dates of the chat and of the playlist agree';

/** When the highlight of a clip began as it was detected, by which it was said; refining moves it. */
export async function detectedAtMs(clip: RenderedClip, deps: StatefulDependencies): Promise<number> {
  const detected = await readTopic(deps, 'highlights.detected', clip.channelId);
  return detected.find(({ highlightId }) => highlightId === clip.highlightId)?.startMs ?? clip.startMs;
}

/** For people: which clip was not made and why, when it is tried again, and what to do about a refusal. */
export function missedLine({ error }: RenderedClip, at: string, folder: string, next: number | undefined): string {
  const isRefused = isRefusal(error);
  const what = `a clip of the highlight at ${at} ${isRefused ? 'is refused' : 'failed'}: ${error}`;
  const again = next === undefined ? '' : `; tried again in ${timeText(next)}`;
  const hint = isRefused ? refusalHint(error, folder) : outside.test(error) ? agree : undefined;
  return `${what}${again}${hint === undefined ? '' : `\n  to do: ${hint}`}`;
}

function timeText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes >= 60) return 'an hour';
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

/** By the error on the clip's record: the code, what happened, and in brackets the scope. */
function refusalHint(error: string, folder: string): string {
  if (/(^|; )space: /.test(error)) return 'free some space on the disk, or lower freeSpaceFloorBytes';
  const full = scopeIn(error);
  const scope = parseChannelScope(full);
  const name = scope === undefined ? undefined : settable[scope.what];
  if (scope === undefined || name === undefined) return capAdvice(full);
  const place = `--data ${shellWord(folder)}`;
  return `raise the budget: npx cliptide budget set ${shellWord(scope.channelId)} ${name}=AMOUNT ${place}`;
}

/** What `budget set` calls the budgets that a clip can be refused by. */
const settable: Readonly<Partial<Record<ChannelScope['what'], string>>> = {
  clipBytes: 'clipBytes',
  clipCount: 'clipCount',
  fetchedBytes: 'fetchedBytesPerHour',
  renderSeconds: 'renderSecondsPerDay',
};
