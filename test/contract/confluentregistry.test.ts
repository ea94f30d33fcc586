import { randomUUID } from 'node:crypto';
import { confluentRegistry } from '../../src/adapters/avro/confluent.ts';
import { describeWithServices } from '../support/services.ts';
import { codecContract } from './codec.contract.ts';

describeWithServices(['registry'], "a registry with Confluent's API", (addressOf) => {
  codecContract("Confluent's API", async () => {
    const registry = confluentRegistry({ url: addressOf('registry'), prefix: `test-${randomUUID().slice(0, 8)}.` });
    return { registry, close: async () => undefined };
  });
});
