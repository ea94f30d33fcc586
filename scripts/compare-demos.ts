// Whether the demo said the same over a cluster as embedded, from what both printed with --json --keep:
// node scripts/compare-demos.ts EMBEDDED CLUSTER. Exit 1 with what differs. What the cluster's demo kept is taken away.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { removeUnder } from '../src/adapters/kafka/removal.ts';
import { pinoLogger } from '../src/adapters/logging/pino.ts';
import { demoCluster } from '../src/cli/demo/services.ts';
import { kafkaConnection, openClusterStorage } from '../src/cli/node/cluster.ts';
import { dropDatabase } from '../src/cli/node/results.ts';
import { openStorage } from '../src/cli/node/storage.ts';
import { loadConfig } from '../src/config/load.ts';
import { MOMENTS } from '../src/demo/plan.ts';
import { Lifecycle } from '../src/runtime/lifecycle.ts';
import { toInput } from '../src/runtime/records.ts';
import type { StatefulDependencies } from '../src/runtime/stateful.ts';

const topic = 'highlights.detected';
/** Magic byte and the registry's id of the schema, which is another one in another registry. */
const headerBytes = 5;
const logger = pinoLogger({ level: 'error' });
const config = loadConfig({ cwd: process.cwd() });

interface Printed {
  readonly clips: readonly string[];
  readonly done: Readonly<Record<'dataDir' | 'prefix' | 'database', string>>;
}

interface Highlight {
  readonly key: string;
  readonly partition: number;
  readonly bytes: string;
  /** As JSON. */
  readonly record: string;
}

const [embedded, cluster] = [printed(process.argv[2] ?? ''), printed(process.argv[3] ?? '')];
const names = demoCluster(config);
const services = {
  ...names,
  kafka: { ...names.kafka, prefix: cluster.done.prefix },
  clickhouse: names.clickhouse && { ...names.clickhouse, database: cluster.done.database },
};
const expected = await reading((lifecycle) => openStorage({ folder: embedded.done.dataDir, logger }, lifecycle));
const found = await reading((lifecycle) =>
  openClusterStorage({ config, cluster: services, logger, metrics: undefined }, lifecycle),
);
const wrong = differences();
const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
wrong.push(...running.filter((line) => line.includes(cluster.done.dataDir)).map((line) => `still runs: ${line}`));
await removeUnder(services.kafka.prefix, kafkaConnection(services, 'cliptide-demo'), logger);
await dropDatabase(services);
rmSync(cluster.done.dataDir, { recursive: true });
const bytes = [...found.values()].reduce((sum, highlight) => sum + highlight.bytes.length / 2, 0);
const same = `${found.size} highlights over the cluster are those of the embedded demo, ${bytes} bytes of ${topic}\n`;
process.stdout.write(wrong.length === 0 ? same : `${wrong.join('\n')}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;

function printed(file: string): Printed {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'));
  const parsed = lines.map((line) => JSON.parse(line));
  const clips = parsed.filter(({ kind }) => kind === 'clip').map(({ highlightId }) => String(highlightId));
  return { clips: clips.sort(), done: parsed.find(({ kind }) => kind === 'done') };
}

async function reading(open: (lifecycle: Lifecycle) => Promise<StatefulDependencies>): Promise<Map<string, Highlight>> {
  const lifecycle = new Lifecycle(logger);
  try {
    return await highlightsOf(await open(lifecycle));
  } finally {
    await lifecycle.stop(config.shutdownDeadlineMs);
  }
}

async function highlightsOf({ log, codec }: StatefulDependencies): Promise<Map<string, Highlight>> {
  const highlights = new Map<string, Highlight>();
  for (let partition = 0; partition < log.partitions(topic); partition += 1) {
    const records = await log.read(topic, partition, 0, 10_000);
    await codec.prepare(records.map(({ value }) => value));
    for (const record of records) {
      const { record: highlight } = toInput<typeof topic>(codec, record);
      const content = Buffer.from(record.value ?? []).toString('hex', headerBytes);
      highlights.set(highlight.highlightId, {
        key: record.key,
        partition,
        bytes: content,
        record: JSON.stringify(highlight),
      });
    }
  }
  return highlights;
}

function differences(): string[] {
  const ids = [...new Set([...expected.keys(), ...found.keys()])];
  return [
    ...ids.flatMap((id) => {
      const [here, there] = [expected.get(id), found.get(id)];
      if (isDeepStrictEqual(here, there)) return [];
      return [`highlight ${id}\n  embedded: ${JSON.stringify(here)}\n  over the cluster: ${JSON.stringify(there)}`];
    }),
    ...(isDeepStrictEqual(cluster.clips, embedded.clips)
      ? []
      : [`clips over the cluster: ${cluster.clips.join()}; embedded: ${embedded.clips.join()}`]),
    ...(found.size >= MOMENTS.length ? [] : [`${found.size} highlights of ${MOMENTS.length} planted moments`]),
  ];
}
