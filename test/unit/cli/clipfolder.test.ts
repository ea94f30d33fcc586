import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ClipFolder } from '../../../src/cli/recording/clipfolder.ts';
import type { ClipRow } from '../../../src/cli/recording/cliprow.ts';
import { CliptideError } from '../../../src/domain/errors.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-folder-'));
afterAll(() => rmSync(work, { recursive: true }));

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(work, 'out-'));
});

const highlight = { highlightId: 'abcdef0123', startSec: 5, peakSec: 9, endSec: 20, score: 1, contributions: {} };
const name = (rank: number): string => `${rank}-00.00.0${rank}-abcdef01-source`;

function rowOf(rank: number, bytes: number): ClipRow {
  const files = { file: `${name(rank)}.mp4`, poster: `${name(rank)}.jpg` };
  return {
    ...{
      rank,
      streamId: 'one',
      highlight,
      ...files,
      preset: 'source',
      title: '',
      durationSec: 1,
      headSec: 0,
      bytes,
      sha256: '',
    },
  };
}

/** Finishes clips of these ranks, whose files hold the text. */
async function finish(folder: ClipFolder, text: string, ...ranks: readonly number[]): Promise<ClipRow[]> {
  const source = join(work, 'source');
  const rows: ClipRow[] = [];
  for (const rank of ranks) {
    writeFileSync(source, text);
    const row = rowOf(rank, text.length);
    await folder.publish(source, row.file);
    await folder.publish(source, row.poster);
    folder.finished(row);
    rows.push(row);
    rmSync(source);
  }
  return rows;
}

async function run(text: string, ...ranks: readonly number[]): Promise<number> {
  const folder = await ClipFolder.open(path, 'one');
  return folder.complete(await finish(folder, text, ...ranks), []);
}

const files = (...ranks: readonly number[]): string[] =>
  ranks.flatMap((rank) => [`${name(rank)}.jpg`, `${name(rank)}.mp4`]);
const listed = (): ClipRow[] => JSON.parse(readFileSync(join(path, 'clips.json'), 'utf8')) as ClipRow[];
const ranksListed = (): number[] => listed().map(({ rank }) => rank);

describe('the folder of clips', () => {
  it('holds after a second run what that has made, and what is not of an earlier run', async () => {
    await run('old', 1, 2, 3);
    writeFileSync(join(path, 'mine.mp4'), 'mine');
    writeFileSync(join(path, `${name(3)}.mp4`), 'cut again by hand');
    expect(await run('new', 1, 4)).toBe(1);
    expect(readdirSync(path)).toEqual([...files(1, 3, 4), 'clips.json', 'mine.mp4'].sort());
    expect(readFileSync(join(path, `${name(1)}.mp4`), 'utf8')).toBe('new');
    expect(ranksListed()).toEqual([1, 4]);
  });

  it('refuses the clips of another recording, and keeps those that are there', async () => {
    await run('old', 1, 2);
    const opening = ClipFolder.open(path, 'another');
    await expect(opening).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('--out') });
    expect(readdirSync(path)).toEqual([...files(1, 2), 'clips.json']);
    for (const file of files(1, 2)) rmSync(join(path, file));
    expect(await ClipFolder.open(path, 'another')).toBeInstanceOf(ClipFolder);
  });

  it('takes a list of an earlier version, which names no recording, for one of the same', async () => {
    await run('old', 1, 2);
    const unnamed = listed().map(({ streamId: _, ...row }) => row);
    writeFileSync(join(path, 'clips.json'), JSON.stringify(unnamed));
    expect(await run('new', 1)).toBe(1);
    expect(readdirSync(path)).toEqual([...files(1), 'clips.json']);
  });

  it('loses nothing by a list that names files which are none of its own', async () => {
    writeFileSync(join(path, 'holiday.mp4'), 'mine');
    writeFileSync(join(work, 'outside.mp4'), 'mine');
    const rows = ['holiday.mp4', '../outside.mp4', 7, null].map((file) => ({ file, bytes: 4 }));
    writeFileSync(join(path, 'clips.json'), JSON.stringify(rows));
    expect(await run('new', 1)).toBe(0);
    expect(existsSync(join(path, 'holiday.mp4'))).toBe(true);
    expect(existsSync(join(work, 'outside.mp4'))).toBe(true);
  });

  it('keeps an earlier run where one that wanted clips made none', async () => {
    await run('old', 1, 2);
    const folder = await ClipFolder.open(path, 'one');
    await folder.complete([], ['abcdef0123']);
    expect(ranksListed()).toEqual([1, 2]);
    expect(readdirSync(path)).toEqual([...files(1, 2), 'clips.json']);
  });

  it('keeps, and lists, what an earlier run has made and this one could not make again', async () => {
    await run('old', 1, 2, 3);
    const earlier = listed().map((row) => ({ ...row, highlight: { ...row.highlight, highlightId: `id${row.rank}` } }));
    writeFileSync(join(path, 'clips.json'), JSON.stringify(earlier));
    rmSync(join(path, `${name(3)}.mp4`));
    const folder = await ClipFolder.open(path, 'one');
    // The one of rank 1 was not wanted any more, that of rank 3 is not there.
    expect(await folder.complete(await finish(folder, 'new', 4), ['id2', 'id3'])).toBe(1);
    expect(ranksListed()).toEqual([4, 2]);
    expect(readdirSync(path)).toEqual([
      `${name(2)}.jpg`,
      `${name(2)}.mp4`,
      `${name(3)}.jpg`,
      ...files(4),
      'clips.json',
    ]);
    expect(readFileSync(join(path, `${name(2)}.mp4`), 'utf8')).toBe('old');
  });

  it('is not left behind, new and with an empty list, by a run that wanted clips and made none', async () => {
    const fresh = await ClipFolder.open(join(path, 'a', 'b'), 'one');
    await fresh.complete([], ['abcdef0123']);
    expect(readdirSync(path)).toEqual([]);
    // That a chat holds no moment is an answer.
    const answer = await ClipFolder.open(join(path, 'a'), 'one');
    await answer.complete([], []);
    expect(readFileSync(join(path, 'a', 'clips.json'), 'utf8')).toBe('[]\n');
  });

  it('lists what was finished before a stop beside what was there', async () => {
    await run('old', 1, 2);
    const folder = await ClipFolder.open(path, 'one');
    await finish(folder, 'newer', 2, 3);
    expect(await folder.abandon(new CliptideError('aborted', 'stopped'))).toBe(2);
    expect(ranksListed()).toEqual([2, 3, 1]);
    expect(listed()[0]?.bytes).toBe(5);
    expect(readdirSync(path)).toEqual([...files(1, 2, 3), 'clips.json']);
  });

  it.each(['space', 'budget'] as const)('is as it was, and gone if it is new, after a refusal for %s', async (code) => {
    await run('old', 1);
    const folder = await ClipFolder.open(path, 'one');
    await finish(folder, 'newer', 1, 2);
    await folder.abandon(new CliptideError(code, 'no more'));
    expect(readdirSync(path)).toEqual([...files(1), 'clips.json']);
    expect(listed()).toEqual([rowOf(1, 5)]);
    const fresh = await ClipFolder.open(join(path, 'a', 'b'), 'one');
    await finish(fresh, 'new', 1);
    await fresh.abandon(new CliptideError(code, 'no more'));
    expect(existsSync(join(path, 'a'))).toBe(false);
  });

  it('is cleared of what a run that was killed has left, not of what one at work needs', async () => {
    const folder = await ClipFolder.open(path, 'one');
    const own = await folder.workFolder();
    // No process has this number: it is beyond the largest that a kernel gives.
    mkdirSync(join(path, '.cliptide-99999999-killed', 'results'), { recursive: true });
    await ClipFolder.open(path, 'one');
    expect(readdirSync(path).map((entry) => join(path, entry))).toEqual([own]);
  });
});
