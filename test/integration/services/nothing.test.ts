import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-nothing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = fileURLToPath(new URL('../../../scripts/services/main.ts', import.meta.url));

it('where nothing is up, down says so and is done', () => {
  const down = spawnSync(process.execPath, [main, 'down', '--dir', join(folder, 'services')], { encoding: 'utf8' });
  expect(down).toMatchObject({ status: 0, stderr: expect.stringContaining('nothing is up') });
});
