import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const timeout = 120_000;

function run(environment: Readonly<Record<string, string>>): { readonly code: number | null; readonly output: string } {
  const config = 'test/integration/services/absent/vitest.config.ts';
  const { REQUIRE_SERVICES: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync('npx', ['vitest', 'run', '--config', config, '--reporter=verbose'], {
    cwd: root,
    env: { ...env, NO_COLOR: '1', ...environment },
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr };
}

it('skips by name what needs a service that is not there, and says how to have it', { timeout }, () => {
  const { code, output } = run({});
  expect(code).toBe(0);
  expect(output).toContain(
    'skipped: what needs services: no kafka, redis (npm run services up, or TEST_KAFKA, TEST_REDIS)',
  );
  expect(output).toMatch(/Tests +1 skipped/);
});

it('fails where services are required', { timeout }, () => {
  const { code, output } = run({ REQUIRE_SERVICES: '1' });
  expect(code).toBe(1);
  expect(output).toContain('no kafka, redis (npm run services up');
  expect(output).toMatch(/Tests +1 failed/);
});
