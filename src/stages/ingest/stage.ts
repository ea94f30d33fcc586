import { limitsIn } from '../../domain/budgets.ts';
import { isSpace } from '../../domain/errors.ts';
import type { ArchiveEvent } from '../../domain/records.gen.ts';
import type { SourceItem } from '../../ports/source.ts';
import { newestSettings } from '../../runtime/appliedsettings.ts';
import { toAppend } from '../../runtime/records.ts';
import type { Output } from '../../runtime/stage.ts';
import { waitingForSpace } from '../../runtime/waits.ts';
import type { Broadcast, IngestDependencies } from './broadcast.ts';
import { ChatIngest } from './chat.ts';
import { withNext } from './lookahead.ts';
import { positionOf } from './positions.ts';

/**
 * A live source that was looked at so often, once a second, and said nothing, is marked as idle, again and again.
 * Looks are counted, not time: a process that was held up (a busy machine, a laptop that slept) has not listened.
 */
const silentLooks = 3;
const lookEveryMs = 1_000;

export interface IngestProgress {
  /** Source records read so far. */
  readonly read: number;
  readonly newestMs: number | undefined;
}

export interface ChatIngestOptions {
  readonly items: AsyncIterable<readonly SourceItem[]>;
  /** Whether the source is live, so that silence is marked by the wall clock. */
  readonly live: boolean;
  /** Whether after a restart the items go on (a pipe) instead of beginning anew (a file): then none is skipped. */
  readonly goesOn?: boolean;
  readonly onProgress?: (progress: IngestProgress) => void;
}

/**
 * Takes a broadcast's chat into the topics: settings, start, events, end. Goes on after the last position that was
 * appended, so a restart sends nothing twice. Budgets that somebody has set for the channel stay as they are. Resolves when the source has ended and its end is in the log; when it
 * stops because it is aborted, no end is sent.
 */
export async function ingestChat(
  broadcast: Broadcast,
  options: ChatIngestOptions,
  deps: IngestDependencies,
  signal: AbortSignal,
): Promise<void> {
  const known = await newestSettings(deps, broadcast.channelId);
  const settings = { ...broadcast.settings, ...limitsIn(known) };
  const ingest = new ChatIngest({ ...broadcast, settings }, deps);
  const before = await positionOf(deps, `${broadcast.streamId}.chat`);
  if (before?.finished === true) return;
  if (before === undefined) await append(deps, ingest.begin(), signal);
  else if (options.goesOn) ingest.resume(before);
  const done = options.goesOn ? 0 : (before?.position ?? 0);
  const silence = options.live ? markSilence(ingest, deps, signal) : undefined;
  let read = 0;
  try {
    for await (const [items, next] of options.live ? alone(options.items) : withNext(options.items)) {
      await append(deps, ingest.take(items, done, next), signal);
      ingest.tell();
      silence?.heard();
      read += items.length;
      options.onProgress?.({ read, newestMs: ingest.newestMs });
    }
  } finally {
    silence?.stop();
  }
  if (!signal.aborted) await append(deps, ingest.end(), signal);
}

type Batch = readonly SourceItem[];

async function* alone(batches: AsyncIterable<Batch>): AsyncGenerator<[batch: Batch]> {
  for await (const batch of batches) yield [batch];
}

/** Takes what a watcher reports of an archive into the topics. */
export async function ingestArchive(
  events: AsyncIterable<readonly ArchiveEvent[]>,
  deps: IngestDependencies,
  signal: AbortSignal,
): Promise<void> {
  for await (const batch of events) {
    const outputs = batch.map((record) => ({ topic: 'archive.events', key: record.channelId, record }) as const);
    await append(deps, outputs, signal);
  }
}

/** Waits for room where the log's disk is full, until the signal aborts: then it rejects with its reason. */
async function append(deps: IngestDependencies, outputs: readonly Output[], signal: AbortSignal): Promise<void> {
  if (outputs.length === 0) return;
  const records = outputs.map((output) => toAppend(deps.codec, output));
  try {
    await waitingForSpace(deps, { stage: 'ingest', on: 'log', until: signal }, () => deps.log.append(records));
  } catch (error) {
    // Who has told it to stop did not ask for the reason why it waited; nothing that follows may be taken in.
    if (isSpace(error)) signal.throwIfAborted();
    throw error;
  }
}

/** The wall clock's decision that a source is silent becomes a record, so that a replay repeats it. */
function markSilence(ingest: ChatIngest, deps: IngestDependencies, signal: AbortSignal) {
  const stopped = new AbortController();
  let looks = 0;
  let newestThen = ingest.newestMs;
  const watch = async (): Promise<void> => {
    const either = AbortSignal.any([signal, stopped.signal]);
    while (!either.aborted) {
      await deps.clock.sleep(lookEveryMs, either);
      looks += 1;
      // A writer that flushes every few seconds still brings what it held back: the mark stays so far behind.
      const silentMs = (looks - silentLooks) * lookEveryMs;
      if (silentMs > 0 && newestThen !== undefined) await append(deps, ingest.silence(newestThen + silentMs), either);
    }
  };
  watch().catch((error) => {
    if (!signal.aborted && !stopped.signal.aborted) deps.logger.error('idle marks stopped', { error: String(error) });
  });
  return {
    heard: () => {
      looks = 0;
      newestThen = ingest.newestMs;
    },
    stop: () => stopped.abort(),
  };
}
