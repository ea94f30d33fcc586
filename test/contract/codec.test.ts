import { createRegistry } from '../../src/adapters/embedded/registry.ts';
import { openStore } from '../../src/adapters/embedded/store.ts';
import { codecContract } from './codec.contract.ts';

codecContract('embedded', async () => {
  const store = openStore(':memory:');
  return { registry: createRegistry(store), close: async () => store.close() };
});
