import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import model from '../../../src/domain/scoring/models/f16-1.json' with { type: 'json' };
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

/** A model file of another version, whose highlights and clips have ids of their own. */
function scorer(version: string): string {
  const path = join(folder, `${version}.json`);
  writeFileSync(path, JSON.stringify({ ...model, version }));
  return path;
}

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
  const path = scorer('mine-1');
  const backfill = async (name: string, exits: number) => {
    const { code, err } = await run('backfill', '--run', name, '--with-clips', '--scorer', path);
    expect(code, err).toBe(exits);
  };
  await backfill('closed', 1);
  const refused = await sql("SELECT DISTINCT outcome, error LIKE 'forbidden: %' AS ok FROM clips WHERE run = 'closed'");
  expect([refused, files()]).toEqual([[{ outcome: 'failed', ok: 1 }], before]);
  roots = folder;
  await backfill('mine', 0);
  expect(files().length).toBe(2 * before.length);
  expect(receiver.taken.size).toBe(2 * before.length);
  const diff = await run('diff', 'live', 'mine', '--json');
  expect(rowsOf(diff.out, 'summary')[0]).toMatchObject({ gained: 0, lost: 0, moved: 0, same: before.length });
});

it('with clips for which there is no budget, says so and ends with 3', async () => {
  const path = scorer('poor-1');
  const [{ channel_id: channelId } = {}] = await sql("SELECT DISTINCT channel_id FROM moments_all WHERE run = 'live'");
  expect(await run('budget', 'set', String(channelId), 'renderSecondsPerDay=1')).toMatchObject({ code: 0 });
  const { code, out } = await run('backfill', '--run', 'poor', '--with-clips', '--scorer', path, '--json');
  const [broadcast] = rowsOf(out, 'broadcast');
  const { clipsWanted } = broadcast ?? {};
  expect(clipsWanted).toBeGreaterThan(0);
  const counts = { clipsWanted, clipsMade: 0, clipsRefused: clipsWanted, clipsFailed: 0 };
  expect(broadcast).toMatchObject(counts);
  expect(rowsOf(out, 'run')).toMatchObject([{ state: 'complete', ...counts }]);
  expect(code).toBe(3);
  const told = await run('backfill', '--run', 'poorer', '--with-clips', '--scorer', path);
  expect(told).toMatchObject({ code: 3, out: expect.stringMatching(/ 0 of \d+\n/) });
  expect(told.err).toMatch(/the run poorer is complete, .*; 0 of \d+ clips made, \d+ refused by a budget/);
});
