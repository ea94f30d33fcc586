import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cliptide } from '../../support/cliprocess.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-wrong-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const file = join(work, 'cliptide.config.json');

test('promise 24: a wrong configuration stops at start, naming each key and the reason, never the value of a secret', async () => {
  const webhooks = [{ url: 'http://user:hunter2@receiver.example/', secret: 'whsec_tooshort-and-secret' }];
  writeFileSync(
    file,
    JSON.stringify({ webhooks, partition: 3, sources: [{ streamId: 's', event: 'e' }], latenessMs: -1 }),
  );
  const env = { CLIPTIDE_SQL_PORT: 'ninety', CLIPTIDE_USER_KEY: 'short-key' };
  const { code, err, out } = await cliptide(['run', '--data', join(work, 'data')], { cwd: work, env });
  expect(code).toBe(2);
  for (const reason of [
    /webhooks\[0\]\.url must be an http or https address without a user and password/,
    /webhooks\[0\]\.secret must be whsec_/,
    /partition is no key; did you mean partitions\?/,
    /sources\[0\]\.hls is missing/,
    /sources\[0\]\.event is no key; did you mean sources\[0\]\.events\?/,
    /latenessMs must be a whole number from 0 to 60000/,
    /CLIPTIDE_SQL_PORT: sqlPort must be a whole number/,
    /CLIPTIDE_USER_KEY: userKey must have at least 16 characters/,
  ])
    expect(err).toMatch(reason);
  expect(out + err).not.toMatch(/hunter2|tooshort|short-key/);
  expect(existsSync(join(work, 'data'))).toBe(false);
});

test('a disk that is as good as full is refused at the start with 3, and nothing is written', async () => {
  writeFileSync(file, JSON.stringify({ freeSpaceFloorBytes: '8000 TB' }));
  const { code, err } = await cliptide(['run', '--data', join(work, 'data')], { cwd: work });
  expect(err).toMatch(/only [\d.]+ [GT]B are free, the floor is 8000 TB[\s\S]*to do: free some space/);
  expect(code).toBe(3);
  expect(existsSync(join(work, 'data'))).toBe(false);
});

test('a cap under which nothing can be begun is a refusal with 3, and nothing is written', async () => {
  writeFileSync(file, JSON.stringify({ dataCapBytes: '5 MB' }));
  const { code, err } = await cliptide(['run', '--data', join(work, 'data')], { cwd: work });
  expect(err).toMatch(/dataCapBytes \(5000000\) is less than[\s\S]*to do: make it 100000000 or more/);
  expect(code).toBe(3);
  expect(existsSync(join(work, 'data'))).toBe(false);
});

test('a data folder that cannot be is wrong usage, which says where and what to do', async () => {
  writeFileSync(file, '{}');
  const { code, err } = await cliptide(['run', '--data', join(file, 'data')], { cwd: work });
  expect(err).toMatch(/data folder cannot be: a file is in its way\n {2}where: .*data\n {2}to do: choose a folder/);
  expect(code).toBe(2);
});

test('a process of a cluster that keeps its clips to itself says so at its start, and what to do', async () => {
  writeFileSync(file, JSON.stringify({ kafka: { brokers: ['127.0.0.1:1'] }, registry: { url: 'http://127.0.0.1:1' } }));
  const run = (env: Record<string, string>) => cliptide(['run', '--data', join(work, 'data')], { cwd: work, env });
  // Both end for want of `clickhouse.url`, before anything is asked of Kafka.
  const apart = await run({});
  expect(apart.code).toBe(2);
  expect(apart.err).toMatch(
    /"toDo":"give all processes of the cluster the same clipsDir.*own data folder: others do not find them/,
  );
  expect((await run({ CLIPTIDE_CLIPS_DIR: join(work, 'clips') })).err).not.toContain('clipsDir');
});
