import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultPartitions } from '../../../topology/topics.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { withLog } from '../../support/scoredlog.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-backuppaths-'));
const data = join(work, 'data');
beforeAll(async () => {
  mkdirSync(data);
  await withLog(data, defaultPartitions, async () => undefined);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));
const ask = (...args: readonly string[]) => cliptide([...args, '--data', data], { cwd: work });

it('a backup says what is in it and what is not, and git leaves it alone', async () => {
  const { code, out } = await ask('backup', '--to', 'backup.tgz');
  expect(code).toBe(0);
  expect(out).toMatch(/backup\.tgz: \d+ bytes.*secrets are in it, clips and the configuration are not/);
  expect(readFileSync(new URL('../../../.gitignore', import.meta.url), 'utf8')).toContain('backup*.tgz\n');
});

it('a backup to where nothing can be written is wrong usage, with what to do, and leaves nothing', async () => {
  writeFileSync(join(work, 'file'), '');
  const before = readdirSync(work);
  for (const to of [
    'file/backup.tgz',
    'missing/backup.tgz',
    ...(process.platform === 'linux' ? ['/proc/x.tgz'] : []),
  ]) {
    const { code, err } = await ask('backup', '--to', to);
    expect(code, err).toBe(2);
    expect(err).toMatch(/where: .*\n {2}to do: .*--to/);
  }
  expect(readdirSync(work)).toEqual(before);
});

it('a restore from a file that is not there is wrong usage, with what to do', async () => {
  const { code, err } = await cliptide(['restore', '--from', 'nope.tgz', '--data', 'new'], { cwd: work });
  expect(code).toBe(2);
  expect(err).toMatch(/cannot be read \(ENOENT\)\n {2}where: .*nope\.tgz\n {2}to do: .*--from/);
});
