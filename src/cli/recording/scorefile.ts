import { openChatFile } from '../../adapters/chatfile/open.ts';
import type { Config } from '../../config/config.ts';
import { pseudonyms } from '../../domain/pseudonym.ts';
import type { DetectedHighlight, StreamRanking } from '../../domain/records.gen.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';
import type { Logger } from '../../ports/logger.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import { type StatefulDependencies, startStateful } from '../../runtime/stateful.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import { openSource } from '../../stages/ingest/opening.ts';
import { ingestChat } from '../../stages/ingest/stage.ts';
import { type ScoreWatch, scoreStage } from '../../stages/score/stage.ts';
import { openStorage } from '../node/storage.ts';
import { firstRecord, readTopic, watchTopic } from '../node/watch.ts';
import { broadcastOf } from './broadcast.ts';
import { identified } from './identity.ts';
import { paced } from './paced.ts';
import { UnusedRecords } from './unused.ts';

export interface ScoreFileOptions {
  readonly path: string;
  readonly category: string;
  readonly startedAtMs: number | undefined;
  readonly config: Config;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onRead: (records: number) => void;
  /** Told of each highlight as it is emitted, with the chat's zero. */
  readonly onHighlight: (highlight: DetectedHighlight, zeroAtMs: number) => Promise<void>;
  /** What scores it. */
  readonly models: ModelChoice;
  /** Makes somebody who looks on, once the event time of the chat's zero is known. */
  readonly watch?: ((zeroAtMs: number) => ScoreWatch) | undefined;
}

export interface ScoredFile {
  readonly format: string;
  readonly zeroAtMs: number;
  /** How many were emitted online. */
  readonly highlights: number;
  readonly ranking: StreamRanking;
  /** What was not used, for people. */
  readonly unused: readonly string[];
}

/** Chatters' pseudonyms live as long as the memory that they are in, so the key need not be kept. */
const passingKey = 'score';

/** Sends one chat file through ingest and score, over an event log in memory. */
export async function scoreFile(options: ScoreFileOptions): Promise<ScoredFile> {
  const { config, logger, signal } = options;
  const chat = await openChatFile(options.path, { signal });
  const opening = await identified(await openSource(chat, options.startedAtMs, signal), chat.format);
  const policy = { hold: 'online', top: 0, presets: [] };
  const fields = { streamId: opening.streamId, category: options.category, policy };
  const broadcast = broadcastOf(opening, fields, config);
  const lifecycle = new Lifecycle(logger);
  try {
    const deps = await openStorage({ folder: undefined, partitions: 1, logger }, lifecycle);
    const watch = options.watch?.(broadcast.zeroAtMs);
    const stage = startStateful(scoreStage({ run: deps.run, watch, models: options.models }), deps);
    await lifecycle.start('score', () => ({ value: stage, stop: () => stage.stop() }));
    const failed = stage.done.then(() => Promise.reject(signal.reason));
    const ingest = { ...deps, pseudonym: pseudonyms(passingKey) };
    const unused = new UnusedRecords(chat, opening, config.scoring.latenessMs);
    const items = paced(unused.watch(opening.items), deps, broadcast.channelId);
    const telling = await lifecycle.start('highlights told', () => {
      const value = tellHighlights(options, broadcast, deps);
      return { value, stop: value.stop };
    });
    const onProgress = ({ read }: { read: number }): void => options.onRead(read);
    await Promise.race([failed, ingestChat(broadcast, { items, live: false, onProgress }, ingest, signal)]);
    signal.throwIfAborted();
    const { channelId, streamId, zeroAtMs } = broadcast;
    const isOwn = (record: StreamRanking): boolean => record.streamId === streamId;
    const ranking = await Promise.race([failed, firstRecord(deps, 'highlights.ranked', channelId, isOwn, signal)]);
    const highlights = await telling.end();
    unused.mustBeUsed(options.path, ranking.fates);
    return { format: chat.format, zeroAtMs, highlights, ranking, unused: unused.report(options.path, ranking.fates) };
  } finally {
    await lifecycle.stop(config.shutdownDeadlineMs);
  }
}

/** Tells of highlights while the file is read; `end` tells of what is left and resolves with how many there were. */
function tellHighlights(options: ScoreFileOptions, broadcast: Broadcast, deps: StatefulDependencies) {
  const { channelId, zeroAtMs } = broadcast;
  const topic = 'highlights.detected';
  const stopped = new AbortController();
  let told = 0;
  const tell = async (highlight: DetectedHighlight): Promise<void> => {
    told += 1;
    await options.onHighlight(highlight, zeroAtMs);
  };
  const telling = (async () => {
    const either = AbortSignal.any([options.signal, stopped.signal]);
    for await (const highlight of watchTopic(deps, topic, channelId, either)) await tell(highlight);
  })();
  // Who waits for `end` learns of a failure; until then it must not end the process.
  telling.catch(() => undefined);
  return {
    end: async (): Promise<number> => {
      stopped.abort();
      await telling;
      for (const highlight of (await readTopic(deps, topic, channelId)).slice(told)) await tell(highlight);
      return told;
    },
    stop: async (): Promise<void> => {
      stopped.abort();
      await telling.catch(() => undefined);
    },
  };
}
