import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** A run in which there is no service. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.fixture.ts'],
    provide: { services: { addresses: {}, onDemand: null } },
  },
});
