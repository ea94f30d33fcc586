import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { cliptide, endProcesses } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { Receiver } from '../../support/receiver.ts';
import { makeRecording } from '../../support/recording.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-backfill-clips-'));
const data = join(folder, 'data');
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let receiver: Receiver;
/** Where the files of the broadcast may be read; live reads what it was given. */
let roots = '';
const run = (...args: string[]) => {
  const env = { CLIPTIDE_WEBHOOKS: JSON.stringify([{ url: receiver.url, secret }]), CLIPTIDE_MEDIA_ROOTS: roots };
  return cliptide([...args, '--data', data], { cwd: folder, env });
};
const sql = async (query: string) => rowsOf((await run('sql', '--json', query)).out).map(({ kind: _, ...row }) => row);
const files = (): string[] =>
  readdirSync(join(data, 'clips'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mp4'));

beforeAll(async () => {
  receiver = await Receiver.open(secret);
  const made = await makeRecording((await locateTool('ffmpeg')).path, folder, 320);
  const live = await run('live', '--events', made.events, '--hls', made.playlist);
  expect(live.code, live.err).toBe(0);
});
afterEach(endProcesses);
afterAll(async () => {
  await receiver[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

it('a backfill renders and announces nothing by itself', async () => {
  const before = { files: files(), announced: receiver.taken.size };
  expect(before.files.length).toBeGreaterThan(0);
  const { code, out } = await run('backfill', '--run', 'plain', '--json');
  expect([code, rowsOf(out, 'broadcast')[0]?.from]).toEqual([0, 'file']);
  expect({ files: files(), announced: receiver.taken.size }).toEqual(before);
  expect(
    await sql("SELECT 1 FROM clips WHERE run = 'plain' UNION ALL SELECT 1 FROM attempts WHERE run = 'plain'"),
  ).toEqual([]);
  const states = await sql("SELECT DISTINCT state FROM moments_all WHERE run = 'plain'");
  expect(states).toEqual([{ state: 'detected' }]);
});

it('with clips gives the live clips again, which are one file each and are announced once', async () => {
  const before = { files: files(), announced: receiver.taken.size };
  const { code, err } = await run('backfill', '--run', 'clips', '--with-clips');
  expect(code, err).toBe(0);
  const clips = (name: string) =>
    sql(
      `SELECT clip_id, highlight_id, preset, outcome, sha256, title FROM clips FINAL WHERE run = '${name}' ORDER BY clip_id`,
    );
  expect(await clips('clips')).toEqual(await clips('live'));
  expect((await clips('clips')).length).toBe(before.files.length);
  expect({ files: files(), announced: receiver.taken.size }).toEqual(before);
  expect(receiver.taken.size).toBe(before.files.length);
  expect([...receiver.taken.values()].every((times) => times === 1)).toBe(true);
});

it('with clips makes and announces those that another scorer finds, from files that it may read', async () => {
  const before = files();
  const { default: model } = await import('../../../src/domain/scoring/models/f16-1.json', { with: { type: 'json' } });
  const path = join(folder, 'mine.json');
  await import('node:fs/promises').then(({ writeFile }) =>
    writeFile(path, JSON.stringify({ ...model, version: 'mine-1' })),
  );
  const backfill = async (name: string) => {
    const { code, err } = await run('backfill', '--run', name, '--with-clips', '--scorer', path);
    expect(code, err).toBe(0);
  };
  await backfill('closed');
  const refused = await sql("SELECT DISTINCT outcome, error LIKE 'forbidden: %' AS ok FROM clips WHERE run = 'closed'");
  expect([refused, files()]).toEqual([[{ outcome: 'failed', ok: 1 }], before]);
  roots = folder;
  await backfill('mine');
  expect(files().length).toBe(2 * before.length);
  expect(receiver.taken.size).toBe(2 * before.length);
  const diff = await run('diff', 'live', 'mine', '--json');
  expect(rowsOf(diff.out, 'summary')[0]).toMatchObject({ gained: 0, lost: 0, moved: 0, same: before.length });
});
