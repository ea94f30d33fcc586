import { createHash } from 'node:crypto';
import { pinoLogger } from '../../src/adapters/logging/pino.ts';
import { openStorage } from '../../src/cli/node/storage.ts';
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { Lifecycle } from '../../src/runtime/lifecycle.ts';
import { toAppend, toInput } from '../../src/runtime/records.ts';
import type { StatefulDependencies } from '../../src/runtime/stateful.ts';

const logger = pinoLogger({ level: 'error' });

/** Opens a log (in memory without a folder) for as long as `use` takes. */
export async function withLog<R>(
  folder: string | undefined,
  partitions: number,
  use: (deps: StatefulDependencies) => Promise<R>,
): Promise<R> {
  const lifecycle = new Lifecycle(logger);
  try {
    return await use(await openStorage({ folder, partitions, logger }, lifecycle));
  } finally {
    // It ends when it is done; what hangs is named before the test's own time is over.
    await lifecycle.stop(20_000);
  }
}

export async function appendLive(deps: StatefulDependencies, events: readonly LiveEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += 5_000) {
    const batch = events.slice(from, from + 5_000);
    await deps.log.append(
      batch.map((record) => toAppend(deps.codec, { topic: 'live.analytics', key: record.channelId, record })),
    );
  }
}

/** What scoring said, each record once and in one order, as hashes of the bytes by topic. */
export interface Said {
  readonly highlights: number;
  readonly seconds: number;
  readonly hash: string;
}

const said = ['highlights.detected', 'highlights.ranked', 'streams.seconds'] as const;

/** Outputs are at-least-once: records with one identity must be the same bytes, and then count once. */
export async function saidBy(
  deps: StatefulDependencies,
  topics: readonly (typeof said)[number][] = said,
): Promise<Said> {
  const byIdentity = new Map<string, string>();
  const counts = { highlights: 0, seconds: 0 };
  for (const topic of topics) {
    for (let partition = 0; partition < deps.log.partitions(topic); partition += 1) {
      const records = await deps.log.read(topic, partition, 0, 1_000_000);
      await deps.codec.prepare(records.map(({ value }) => value));
      for (const log of records) {
        const input = toInput<typeof topic>(deps.codec, log);
        const { record } = input;
        const what = 'highlightId' in record ? record.highlightId : 'atMs' in record ? record.atMs : 'ranking';
        const identity = `${topic} ${record.streamId} ${what}`;
        // Without the registry's id of the schema, which differs from one registry to the next.
        const bytes = Buffer.from(log.value?.subarray(5) ?? []).toString('hex');
        const before = byIdentity.get(identity);
        if (before !== undefined && before !== bytes) throw new Error(`two different records of ${identity}`);
        if (before === undefined && topic === 'highlights.detected') counts.highlights += 1;
        if (before === undefined && topic === 'streams.seconds') counts.seconds += 1;
        byIdentity.set(identity, bytes);
      }
    }
  }
  const hash = createHash('sha256');
  for (const [identity, bytes] of [...byIdentity].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(identity + bytes);
  return { ...counts, hash: hash.digest('hex') };
}
