import { randomUUID } from 'node:crypto';
import { confluentRegistry } from '../../src/adapters/avro/confluent.ts';
import { codecContract } from './codec.contract.ts';

const url = process.env.CLIPTIDE_TEST_REGISTRY ?? '';
codecContract("Confluent's API", async () => {
  const registry = confluentRegistry({ url, prefix: `test-${randomUUID().slice(0, 8)}.` });
  return { registry, close: async () => undefined };
});
