import { stableId } from '../../domain/ids.ts';
import type { Timer } from '../../domain/records.gen.ts';
import type { Output, StageContext } from '../../runtime/stage.ts';
import { isRefusal, want } from './journal.ts';
import { type ConductState, type Highlight, highlightOf, type StreamState } from './state.ts';

/** A highlight whose render failed for want of something that may come back is approved again this often. */
const maxRetries = 2;
const retryAfterMs = 60_000;
/** Where a budget or the disk had no room: after 1, 2, 4 … 32 minutes, then every hour, for a day in all. */
const maxRefusals = 29;
const longestMs = 3_600_000;

/** Error codes, as the workers write them in front of the message, after which a retry makes sense. */
const mayPass = /(^|; )(unavailable|timeout): /;

/** The wall clock decides when a retry is due; its decision becomes a record, so that a replay repeats it. */
export class RetryTimers {
  private readonly failedSince = new Map<string, number>();

  due(nowMs: number, context: StageContext<ConductState>): Output[] {
    const outputs: Output[] = [];
    for (const key of context.keys()) {
      const stream = context.peek(key);
      if (stream?.kind !== 'stream') continue;
      for (const [id, highlight] of Object.entries(stream.highlights)) {
        if (!mayRetry(highlight)) continue;
        const timerId = stableId('retry', id, highlight.revision);
        const since = this.failedSince.get(timerId) ?? nowMs;
        this.failedSince.set(timerId, since);
        const dueAtMs = since + waitMs(highlight);
        if (nowMs < dueAtMs) continue;
        this.failedSince.set(timerId, nowMs);
        outputs.push(timer(stream, id, timerId, dueAtMs, nowMs));
      }
    }
    return outputs;
  }
}

function timer(stream: StreamState, subject: string, timerId: string, dueAtMs: number, firedAtMs: number): Output {
  const { streamId, channelId } = stream;
  const record: Timer = { timerId, streamId, channelId, kind: 'retry', subject, dueAtMs, firedAtMs };
  return { topic: 'timers', key: channelId, record };
}

function waitMs({ failure, refusals }: Tried): number {
  return isRefusal(failure) ? Math.min(longestMs, retryAfterMs * 2 ** refusals) : retryAfterMs;
}

/** For how long, in milliseconds, a highlight that fails in this way waits for its next try; undefined: for good. */
export function retryAfter(failed: Tried): number | undefined {
  return mayPassFor(failed) ? waitMs(failed) : undefined;
}

type Tried = Pick<Highlight, 'failure' | 'retries' | 'refusals'>;

const mayRetry = (highlight: Highlight): boolean => highlight.state === 'failed' && mayPassFor(highlight);

function mayPassFor({ failure, retries, refusals }: Tried): boolean {
  return isRefusal(failure) ? refusals < maxRefusals : mayPass.test(failure) && retries < maxRetries;
}

export function onTimer(stream: StreamState, record: Timer, run: string): Output[] {
  const highlight = highlightOf(stream, record.subject);
  if (highlight === undefined || !mayRetry(highlight)) return [];
  if (record.timerId !== stableId('retry', record.subject, highlight.revision)) return [];
  return want(stream, run, { highlightId: record.subject, toState: 'approved', cause: 'timers' });
}
