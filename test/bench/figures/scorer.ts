import { fileURLToPath } from 'node:url';
import { createCodec, registerSchemas } from '../../../src/adapters/avro/codec.ts';
import { loadSchemas } from '../../../src/adapters/avro/schemas.ts';
import { createRegistry } from '../../../src/adapters/embedded/registry.ts';
import { openStore } from '../../../src/adapters/embedded/store.ts';
import { give, scoreDriver } from '../../support/scorestage.ts';
import { busyChat } from '../busychat.ts';
import { runChild } from '../child.ts';
import { type Figure, medianDurations, perSecond, type Row, times } from '../figure.ts';
import { manyStreams } from '../manystreams.ts';

const manyStreamsFile = fileURLToPath(new URL('../manystreams.ts', import.meta.url));
/** Megabytes of JavaScript heap that the process of many streams may have: without a bound garbage fills what there is. */
const heapMb = 300;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

async function memory(folder: string): Promise<Row> {
  const flags = [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=1', '--expose-gc'];
  const run = await runChild(process.execPath, [...flags, manyStreamsFile], folder);
  const { held, empty } = JSON.parse(run.out) as { held: number; empty: number };
  const { streams, perSecond: rate, seconds } = manyStreams;
  return {
    what: `What ${streams.toLocaleString('en')} streams hold in the scorer alone after ${seconds / 60} minutes of ${rate} messages a second each`,
    value: megabytes(held),
    baseline: `the whole process at its most, with at most ${heapMb} MB of JavaScript heap: ${megabytes(run.peakBytes)}; without any stream: ${megabytes(empty)}`,
    aim: 'under 400 MB',
  };
}

/** The production stage on decoded events, against decoding them. One core does both. */
export const scorer: Figure = {
  name: 'scorer',
  measure: async (folder) => {
    const events = busyChat(7200, 30);
    const store = openStore(':memory:');
    const registry = createRegistry(store);
    const schemas = loadSchemas();
    await registerSchemas(registry, schemas);
    const codec = await createCodec({ registry, schemas });
    const encoded = events.map((event) => codec.encode('live.analytics', event));
    const decode = (): void => {
      for (const bytes of encoded) codec.decode('live.analytics', bytes);
    };
    const score = (): void => {
      const driver = scoreDriver();
      for (const event of events) give(driver, event);
    };
    const [decoding, scoring] = await medianDurations(3, decode, score);
    store.close();
    return [
      {
        what: 'Scorer alone, events on a core',
        value: perSecond(events.length, scoring),
        baseline: `decoding the same events: ${perSecond(events.length, decoding)}`,
        ratio: `${times(scoring, decoding)} the time`,
        aim: 'at least 500,000 /s, or at most 2× the time',
      },
      await memory(folder),
    ];
  },
};
