import type { RuntimeDependencies } from '../../../src/runtime/dependencies.ts';

/** How many streams have a ranking in the log, whoever wrote it. */
export async function rankedStreams({ log }: RuntimeDependencies, partitions: number): Promise<number> {
  const rankings = await Promise.all(
    Array.from({ length: partitions }, (_, partition) => log.read('highlights.ranked', partition, 0, 10_000)),
  );
  // Made broadcasts have a channel, and so a key, each.
  return new Set(rankings.flat().map(({ key }) => key)).size;
}

/** Resolves when the rankings of so many streams are there. */
export async function allRanked(deps: RuntimeDependencies, partitions: number, streams: number): Promise<void> {
  while ((await rankedStreams(deps, partitions)) < streams) await deps.clock.sleep(200);
}
