import { createCodec, registerSchemas } from '../../../src/adapters/avro/codec.ts';
import { loadSchemas } from '../../../src/adapters/avro/schemas.ts';
import { createRegistry } from '../../../src/adapters/embedded/registry.ts';
import { openStore } from '../../../src/adapters/embedded/store.ts';
import { give, scoreDriver } from '../../support/scorestage.ts';
import { busyChat } from '../busychat.ts';
import { type Figure, medianDurations, perSecond, times } from '../figure.ts';

/** The production stage on decoded events, against decoding them. One core does both. */
export const scorer: Figure = {
  name: 'scorer',
  measure: async () => {
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
      },
    ];
  },
};
