import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const parts = ['test/{unit,topology}/**/*.test.ts'];
const chaos = ['test/chaos/**/*.test.ts'];
const long = ['test/integration/**/*.long.test.ts'];

/** The files that need services; the other projects skip them where there are none. */
const needServices = globSync('test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  /^describeWith(Own)?Services\(/m.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
);

/**
 * `npm test` runs the first two projects, which end within three minutes; CI runs all of them. A process of its own for
 * each test file costs a second of start, and is needed where chDB (one data directory a process) or a `node:sqlite` file
 * (one owner) is open.
 */
export default defineConfig({
  test: {
    globalSetup: ['test/support/services/setup.ts'],
    // Only what hangs meets them: a busy machine takes ten times as long as one that does nothing else.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What is waited for comes later on a busy machine; a second is no measure of it.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        // They wait more than they compute, and leave nothing behind in their process.
        test: { name: 'parts', include: parts, isolate: false, maxWorkers: 4, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...parts, ...chaos, ...long],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'long', include: long, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: 'chaos', include: chaos, maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: {
          name: 'services',
          include: needServices,
          env: { REQUIRE_SERVICES: '1' },
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
