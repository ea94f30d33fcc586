import { join } from 'node:path';
import { CliProcess } from '../../../support/cliprocess.ts';
import { busyChat } from '../../busychat.ts';
import { duration, type Figure, perSecond, type Row, seconds } from '../../figure.ts';
import { installation } from './installation.ts';
import { readBare } from './scoring.ts';
import { type Cluster, onServices, produce, startScoring, takenIn, until } from './services.ts';

const partitions = 4;
const ofEach = 4;
const lasts = 6_200;
const messagesPerSecond = 10;

/** `cliptide backfill` of broadcasts that have ended, with rows and all, by one process and by two. */
export const backfill: Figure = {
  name: 'backfill',
  measure: (folder) =>
    onServices('Backfill', partitions, async (cluster) => {
      await using place = await installation(cluster, folder);
      const count = await broadcasts(cluster);
      const stage = startScoring(cluster.deps);
      await until(() => takenIn(stage) >= count, stage);
      await stage.stop();
      const bare = await duration(() => readBare(cluster, count));
      const replay = (run: string, nodes: readonly string[]): Promise<number> =>
        duration(async () => {
          const ends = nodes.map((node) => {
            const args = ['backfill', '--run', run, '--data', join(folder, run, node), '--json'];
            return new CliProcess(args, { cwd: folder, env: { ...place.env, CLIPTIDE_NODE: node } }).ended;
          });
          const codes = await Promise.all(ends);
          if (codes.some((code) => code !== 0)) throw new Error(`the backfill ended with ${codes.join(', ')}`);
        });
      const alone = await replay('alone', ['one']);
      const both = await replay('both', ['one', 'two']);
      return rowsOf(count, { bare, alone, both });
    }),
};

interface Taken {
  readonly bare: number;
  readonly alone: number;
  readonly both: number;
}

function rowsOf(count: number, { bare, alone, both }: Taken): readonly Row[] {
  const events = `${count.toLocaleString('en')} events of ${partitions * ofEach} broadcasts on ${partitions} partitions`;
  return [
    {
      what: `Backfill of ${events}, one process from start to end`,
      value: `${seconds(alone)}, ${perSecond(count, alone)}`,
      baseline: `kafkajs \`eachBatch\` and decode of the same topic: ${seconds(bare)}`,
      ratio: `${(alone / bare).toFixed(1)}× the time`,
    },
    {
      what: 'the same, two processes',
      value: `${seconds(both)}, ${perSecond(count, both)}`,
      baseline: `one process: ${seconds(alone)}`,
      ratio: `${(alone / both).toFixed(2)}× as fast`,
    },
  ];
}

/** As many broadcasts in every partition, one after the other; gives the number of their events. */
async function broadcasts({ deps }: Cluster): Promise<number> {
  const chat = busyChat(lasts, messagesPerSecond);
  const missing = Array.from({ length: partitions }, () => ofEach);
  let count = 0;
  for (let n = 0; missing.some((left) => left > 0); n++) {
    const channelId = `channel-${n}`;
    const partition = deps.log.partitionOf('live.analytics', channelId);
    if (missing[partition] === 0) continue;
    missing[partition] = (missing[partition] ?? 0) - 1;
    count += await produce(
      deps,
      chat.map((event) => ({ ...event, channelId, streamId: `stream-${n}` })),
    );
  }
  return count;
}
