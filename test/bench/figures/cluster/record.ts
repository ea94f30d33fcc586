import { toAppend, toInput } from '../../../../src/runtime/records.ts';
import { startSink } from '../../../../src/runtime/sink.ts';
import type { SinkInput } from '../../../../src/runtime/stage.ts';
import type { StatefulDependencies } from '../../../../src/runtime/stateful.ts';
import { rowsOf } from '../../../../src/stages/record/rows.ts';
import { recordStage } from '../../../../src/stages/record/stage.ts';
import { second } from '../../../support/recordinputs.ts';
import { serverResults } from '../../../support/serverresults.ts';
import { duration, type Figure, perSecond } from '../../figure.ts';
import { type Cluster, onServices, until } from './services.ts';

const topic = 'streams.seconds';
const count = 300_000;
const channels = 16;
const goes = 3;
/** Rows of one insert, as the results write them. */
const batch = 2_000;
const what = `\`record\`: ${count.toLocaleString('en')} seconds from Kafka into ClickHouse over HTTP, rows, median of 3`;

/** The role `record`, from the topic to durable rows, against bare inserts of the same rows in the same batches. */
export const record: Figure = {
  name: 'record',
  measure: () =>
    onServices(what, 1, async (cluster) => {
      const { clickhouse } = cluster;
      if (clickhouse === undefined) {
        return [{ what, value: 'not measured', baseline: 'no ClickHouse (npm run services up)' }];
      }
      await appendSeconds(cluster);
      const taken: { readonly bare: number; readonly recorded: number }[] = [];
      // By turns, so that what the server does in the background disturbs both alike.
      for (let go = 0; go < goes; go++) {
        const recorded = await recordAll({ ...cluster.deps, run: `go-${go}` }, clickhouse);
        taken.push({ bare: await insertBare(cluster, clickhouse), recorded });
      }
      const bare = median(taken.map((go) => go.bare));
      const recorded = median(taken.map((go) => go.recorded));
      return [
        {
          what,
          value: perSecond(count, recorded),
          baseline: `bare \`@clickhouse/client\` inserts of the same rows and batches: ${perSecond(count, bare)}`,
          ratio: `${(bare / recorded).toFixed(2)} of its rate`,
          aim: 'at least 0.8',
        },
      ];
    }),
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

async function appendSeconds({ deps: { log, codec } }: Cluster): Promise<void> {
  for (let from = 0; from < count; from += 5_000) {
    const numbers = Array.from({ length: 5_000 }, (_, index) => from + index);
    await log.append(
      numbers.map((n) => {
        const channelId = `channel-${n % channels}`;
        const fields = { channelId, streamId: channelId, messages: n };
        return toAppend(codec, { topic, key: channelId, record: second(Math.floor(n / channels), fields) });
      }),
    );
  }
}

async function recordAll(deps: StatefulDependencies, address: string): Promise<number> {
  const store = await serverResults(address);
  const stage = startSink(recordStage({ results: store.results }), deps);
  const done = (): number =>
    [...(stage.progress[0]?.partitions ?? [])].reduce((sum, { positions }) => sum + (positions[topic] ?? 0), 0);
  // The first batch comes after joining the group and connecting.
  await until(() => done() > 0, stage, 5);
  const before = done();
  const took = await duration(() => until(() => done() >= count, stage, 5));
  await stage.stop();
  await store.close();
  return (took * count) / (count - before);
}

async function insertBare({ deps: { log, codec } }: Cluster, address: string): Promise<number> {
  const store = await serverResults(address);
  const batches: (readonly Record<string, unknown>[])[] = [];
  for (let from = 0; from < count; from += batch) {
    const records = await log.read(topic, 0, from, batch);
    await codec.prepare(records.map(({ value }) => value));
    const inputs = records.map((one) => ({ ...toInput<typeof topic>(codec, one), appendedAtMs: one.appendedAtMs }));
    for (const [, rows] of rowsOf(inputs as SinkInput[], 'live')) batches.push(rows);
  }
  const client = store.engine.connect(store.database);
  const took = await duration(async () => {
    for (const values of batches) await client.insert({ table: 'seconds', values, format: 'JSONEachRow' });
  });
  await client.close();
  await store.close();
  return took;
}
