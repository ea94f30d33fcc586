import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { askResults } from '../../src/adapters/clickhouse/ask.ts';
import { toInput } from '../../src/runtime/records.ts';
import type { RecordOf, TopicName } from '../../topology/topics.ts';
import { defaultPartitions } from '../../topology/topics.ts';
import { type Said, saidBy, withLog } from './scoredlog.ts';

/** What a node has left in its data folder, as far as another node that saw the same broadcast must have left it too. */
export interface Left {
  /** Highlights, curve and ranking with its fates; rejects where one was said twice in different words. */
  readonly said: Said;
  /** The state that each highlight came to, by its id. */
  readonly states: Readonly<Record<string, string>>;
  /** Ids of the clips that were made, in the log and in the clip store. */
  readonly clips: readonly string[];
  readonly stored: readonly string[];
  /** Segments of the archive by number, as they lie in the log. */
  readonly segments: readonly number[];
}

/** Reads the log of a folder that no process owns. */
export function leftIn(dataDir: string): Promise<Left> {
  return withLog(dataDir, defaultPartitions, async (deps) => {
    const all = async <T extends TopicName>(topic: T): Promise<RecordOf<T>[]> => {
      const partitions = Array.from({ length: defaultPartitions }, (_, partition) => partition);
      const read = await Promise.all(partitions.map((partition) => deps.log.read(topic, partition, 0, 100_000)));
      return read.flat().map((record) => toInput<T>(deps.codec, record).record as RecordOf<T>);
    };
    const states: Record<string, string> = {};
    const revisions: Record<string, number> = {};
    for (const { highlightId, fromRevision, toState } of await all('highlights.journal')) {
      if (fromRevision !== (revisions[highlightId] ?? 0)) continue;
      revisions[highlightId] = fromRevision + 1;
      states[highlightId] = toState;
    }
    const rendered = (await all('clips.rendered')).filter(({ outcome }) => outcome === 'done');
    return {
      said: await saidBy(deps),
      states,
      clips: rendered.map(({ clipId }) => clipId).sort(),
      stored: storedIn(dataDir),
      segments: (await all('archive.events')).flatMap(({ segment }) => (segment === null ? [] : [segment.sequence])),
    };
  });
}

const storedIn = (dataDir: string): string[] =>
  readdirSync(join(dataDir, 'clips'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mp4'))
    .map((name) => basename(name, '.mp4'))
    .sort();

/** Rows of a query, asked as `cliptide sql` asks: of the process that owns the folder, if one does. */
export async function rowsOf<R>(dataDir: string, sql: string): Promise<readonly R[]> {
  const answer = await askResults({ dataDir, query: sql, format: 'JSONEachRow' });
  return answer
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as R);
}
