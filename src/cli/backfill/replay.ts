import { systemClock } from '../../adapters/embedded/clock.ts';
import { EmbeddedEventLog } from '../../adapters/embedded/eventlog.ts';
import { memoryMetrics } from '../../adapters/embedded/metrics.ts';
import { openStore } from '../../adapters/embedded/store.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';
import { type PipelineStage, startPipeline } from '../../pipeline.ts';
import type { EventLog } from '../../ports/eventlog.ts';
import type { Results } from '../../ports/results.ts';
import { ArchiveTable } from '../../runtime/archive.ts';
import type { Running } from '../../runtime/dependencies.ts';
import { whenIdle } from '../../runtime/idle.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import { toAppend } from '../../runtime/records.ts';
import { replayLog } from '../../runtime/replay/log.ts';
import type { ReplaySource } from '../../runtime/replay/source.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';
import { type ClipCounts, outcomeOf } from '../live/outcome.ts';
import { settled } from '../live/settle.ts';
import { declarations } from '../node/storage.ts';
import type { BackfillNode } from './node.ts';

export interface ReplayParts {
  /** Of the backfill; its log is not touched. */
  readonly deps: StatefulDependencies;
  readonly results: Results;
  readonly models: ModelChoice;
  readonly clips: BackfillNode['clips'];
  readonly defaultPresets: readonly string[];
  readonly shutdownDeadlineMs: number;
}

/** What a replay found; counts of records. */
export interface Replayed {
  readonly events: number;
  readonly seconds: number;
  readonly highlights: number;
  /** Undefined without clips. */
  readonly clips: ClipCounts | undefined;
  /** Whether an archive of it is known: without one no clip can be cut, and its highlights stay as they were detected. */
  readonly hasArchive: boolean;
}

/** So many seconds of the curve may wait for the results; what they have is let go in such steps. */
const maxAhead = 20_000;
const curve = 'streams.seconds';

/**
 * Sends one broadcast through the stages, over topics of its own in memory: nobody else sees it, and breaking off leaves
 * nothing but rows that the next try writes again. Resolves when all of it is in the results. Rejects with `corrupt`
 * for a damaged file, and with the signal's reason.
 */
export async function replayBroadcast(
  broadcast: { readonly streamId: string; readonly channelId: string },
  source: ReplaySource,
  parts: ReplayParts,
  signal: AbortSignal,
  onRead: (events: number) => void,
): Promise<Replayed> {
  const { streamId, channelId } = broadcast;
  const lifecycle = new Lifecycle(parts.deps.logger);
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  try {
    const own = await openPassingLog(lifecycle);
    let events = 0;
    let stages: Running | undefined;
    const log = replayLog(own, {
      events: source.live(),
      room: () => room(own, stages, until),
      onRead: (count) => {
        events += count;
        onRead(count);
      },
    });
    const deps = { ...parts.deps, log, clock: systemClock, metrics: memoryMetrics() };
    const archive = await putInFront(source, deps, channelId);
    const running = startStages(deps, parts);
    stages = running;
    running.done.catch(() => undefined);
    await lifecycle.start('stages', () => ({ value: running, stop: () => running.stop() }));
    const work = async (): Promise<void> => {
      await Promise.race([log.allRead, aborted(until)]);
      if (parts.clips !== undefined && archive > 0) await settled(deps, streamId, channelId, until);
      await whenIdle(running.progress, deps, until);
    };
    const failed = running.done.then(() => Promise.reject(new CliptideError('internal', 'the stages stopped early')));
    await Promise.race([work(), failed]);
    const count = async (topic: string): Promise<number> => (await own.bounds(topic, 0)).end;
    const clips = parts.clips === undefined ? undefined : await outcomeOf({ streamId, channelId }, deps);
    const highlights = await count('highlights.detected');
    return { events, seconds: await count(curve), highlights, clips, hasArchive: archive > 0 };
  } finally {
    // A score stage that waits for room would else wait for results that have failed.
    over.abort();
    await lifecycle.stop(parts.shutdownDeadlineMs);
  }
}

/** Topics of one partition in memory, for as long as a broadcast takes. */
async function openPassingLog(lifecycle: Lifecycle): Promise<EventLog> {
  const store = openStore(':memory:');
  await lifecycle.start('passing topics', () => ({ value: store, stop: async () => store.close() }));
  const log = new EmbeddedEventLog({ store, clock: systemClock });
  await lifecycle.start('passing log', () => ({ value: log, stop: () => log.close() }));
  await log.declare(declarations(1, {}));
  return log;
}

/** What the stages must know before the first event; resolves with the number of the archive's events. */
async function putInFront(source: ReplaySource, deps: StatefulDependencies, channelId: string): Promise<number> {
  const settings = await source.settings();
  const archive = await source.archive();
  const records = [
    ...settings.map((record) => toAppend(deps.codec, { topic: 'channel.settings', key: channelId, record })),
    ...archive.map((record) => toAppend(deps.codec, { topic: 'archive.events', key: channelId, record })),
  ];
  for (let from = 0; from < records.length; from += 1_000) await deps.log.append(records.slice(from, from + 1_000));
  return archive.length;
}

const always: readonly PipelineStage[] = ['score', 'conduct', 'record'];
const clipping: readonly PipelineStage[] = ['score', 'conduct', 'refine', 'render', 'record', 'notify'];

/** Without clips nobody takes tasks, so conduct hands none out: highlights stay as they were detected. */
function startStages(deps: StatefulDependencies, { clips, results, models, defaultPresets }: ReplayParts): Running {
  const never = (): never => {
    throw new CliptideError('internal', 'a backfill does not have this part');
  };
  return startPipeline(clips === undefined ? always : clipping, {
    ...deps,
    models,
    defaultPresets,
    ...(clips?.clipAddress === undefined ? {} : { clipAddress: clips.clipAddress }),
    results: () => results,
    media: clips === undefined ? never : () => ({ ...clips.media, archive: new ArchiveTable(deps.log, deps.codec) }),
    notifier: clips === undefined ? never : () => clips.notifier,
    kept: never,
  });
}

/** Waits until the results have taken most of the curve, and lets go what they have. */
async function room(log: EventLog, stages: Running | undefined, signal: AbortSignal): Promise<void> {
  const record = stages?.progress.find(({ stage }) => stage === 'record');
  const taken = (): number => [...(record?.partitions ?? [])][0]?.positions[curve] ?? 0;
  const { start, end } = await log.bounds(curve, 0);
  while (end - taken() > maxAhead && !signal.aborted) await systemClock.sleep(5);
  if (taken() - start > maxAhead) await log.trim(curve, 0, taken());
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
