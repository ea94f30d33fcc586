import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatSetIn } from '../../support/chatsets.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-quality-'));
afterAll(() => rmSync(work, { recursive: true }));

beforeAll(() => {
  chatSetIn(work, { name: 'games', category: 'Made game', videos: 3 });
  chatSetIn(work, { name: 'talk', category: null, videos: 2 });
});

const run = (...args: string[]) => cliptide(args, { cwd: work });

describe('cliptide eval', () => {
  it('gives figures, intervals and baselines of each set, with the category known and unknown, and a page', async () => {
    const { code, out } = await run('eval', 'games', 'talk', '--json', '--html', 'page.html', '--at-rate', '10');
    expect(code).toBe(0);
    const sets = rowsOf(out, 'set');
    expect(sets.map(({ set, categoryKnown }) => [set, categoryKnown])).toEqual([
      ['games', true],
      ['games', false],
      ['talk', false],
    ]);
    // Five moments that no one can overlook, and nothing else.
    for (const row of sets) {
      expect(row).toMatchObject({ 'P@5': 1, 'R@10': 1, labels: row.set === 'games' ? 15 : 10 });
      expect(row).toMatchObject({ intervals: { 'P@5': [1, 1] }, baselines: { raw15: { 'P@5': expect.any(Number) } } });
    }
    expect(rowsOf(out, 'stream')).toHaveLength(8);
    expect(rowsOf(out, 'reliability')).toHaveLength(3);
    expect(rowsOf(out, 'frontier')[0]).toMatchObject({ set: 'games', points: expect.any(Array) });
    const page = readFileSync(join(work, 'page.html'), 'utf8');
    expect(page).toContain('Precision on air');
    expect(page).not.toMatch(/<script|src=|href=/);
    expect(page).toContain("default-src 'none'");
  });

  it('prints tables for people', async () => {
    const { code, out } = await run('eval', 'talk');
    expect(code).toBe(0);
    expect(out).toMatch(/talk\s+unknown\s+1\.000 \[1\.000 1\.000\]/);
    expect(out).toContain('best baseline');
  });

  it('text of chat is text on the page', async () => {
    const path = chatSetIn(work, { name: 'hostile', category: null, videos: 1 });
    const chat = join(path, 'v0.chat.tsv.gz');
    const lines = gunzipSync(readFileSync(chat)).toString('utf8').split('\n');
    writeFileSync(chat, gzipSync(lines.map((line) => line.replace(/\t[^\t]*$/, '\t<img src=x>')).join('\n')));
    const { code } = await run('eval', 'hostile', '--html', 'hostile.html');
    expect(code).toBe(0);
    const page = readFileSync(join(work, 'hostile.html'), 'utf8');
    expect(page).toContain('&lt;img src=x&gt;');
    expect(page).not.toContain('<img');
  });

  it.each([
    ['a folder that is not there', ['eval', 'nowhere'], /no readable set\.json/],
    ['a rate that is none', ['eval', 'games', '--per-hour', 'many'], /0\.1 to 120/],
    ['a page that cannot be written', ['eval', 'talk', '--html', 'no/such/page.html'], /the page cannot be written/],
    // Before anything is measured, so that no work is lost.
    ['a model that cannot be written', ['tune', 'nowhere', '--out', 'no/model.json'], /the model cannot be written/],
  ])('%s ends with 2 and the reason', async (_, args, reason) => {
    const { code, err } = await run(...args);
    expect([code, err]).toEqual([2, expect.stringMatching(reason)]);
  });

  it('a damaged label is named with its line', async () => {
    const path = chatSetIn(work, { name: 'damaged', category: null, videos: 1 });
    writeFileSync(join(path, 'v0.labels.tsv'), '1\t2\thighlight\nsoon\t9\thighlight\n');
    const { code, err } = await run('eval', 'damaged');
    expect(code).toBe(1);
    expect(err).toMatch(/v0\.labels\.tsv: line 2/);
  });
});

it('the page shows the chat of all the time around a mistake, however busy it is', async () => {
  const path = chatSetIn(work, { name: 'busy', category: null, videos: 2 });
  for (const id of ['v0', 'v1']) writeFileSync(join(path, `${id}.labels.tsv`), '700\t720\thighlight\n');
  const { code } = await run('eval', 'busy', '--html', 'busy.html');
  expect(code).toBe(0);
  const page = readFileSync(join(work, 'busy.html'), 'utf8');
  const [missed = ''] = page.slice(page.indexOf('Labels that were not told')).match(/<details>.*?<\/details>/s) ?? [];
  const seconds = Array.from(missed.matchAll(/^(?:<.*>)? *(-?\d+) s {2}/gm), ([, second]) => Number(second));
  expect(missed).toMatch(/30 of \d+ messages/);
  expect(seconds).toHaveLength(30);
  // The label takes 20 s; from 10 s before it to 20 s after it.
  expect([Math.min(...seconds) <= -8, Math.max(...seconds) >= 38]).toEqual([true, true]);
});

describe('a set that cannot be measured', () => {
  const chat = (name: string, lines: string): void => {
    writeFileSync(join(chatSetIn(work, { name, category: null, videos: 1 }), 'v0.chat.tsv.gz'), gzipSync(lines));
  };

  it.each([
    ['with no labels', 'unlabelled', 2, /no labels of kind highlight/],
    ['with a chat of no messages', 'silent', 1, /v0\.chat\.tsv\.gz/],
    ['with a message after the end of all broadcasts', 'late', 1, /v0\.chat\.tsv\.gz: line 2/],
  ])('%s says why', async (_, name, expected, reason) => {
    if (name === 'silent') chat(name, '');
    if (name === 'late') chat(name, '0\tann\thi\n1e14\tbob\tlol\n');
    if (name === 'unlabelled') {
      writeFileSync(join(chatSetIn(work, { name, category: null, videos: 1 }), 'v0.labels.tsv'), '1\t2\trejected\n');
    }
    const { code, err } = await run('eval', name);
    expect([code, err]).toEqual([expected, expect.stringMatching(reason)]);
  });

  it('does not hide the others', async () => {
    chat('broken', 'no message\n');
    const { code, out, err } = await run('eval', 'broken', 'talk', 'nowhere', 'talk', '--json');
    expect(code).toBe(2);
    expect(rowsOf(out, 'set').map(({ set }) => set)).toEqual(['talk']);
    expect(err).toMatch(/broken\/v0\.chat\.tsv\.gz: line 1/);
    expect(err).toMatch(/nowhere\/set\.json/);
    expect(err).toMatch(/two sets have the name talk/);
  });

  it('is taken with messages from before the start, and out of order', async () => {
    const path = chatSetIn(work, { name: 'early', category: null, videos: 1 });
    const file = join(path, 'v0.chat.tsv.gz');
    const lines = gunzipSync(readFileSync(file)).toString('utf8');
    const before = rowsOf((await run('eval', 'early', '--json')).out, 'set')[0];
    writeFileSync(file, gzipSync(`${lines}-5000\tann\thi\n`));
    const { code, out } = await run('eval', 'early', '--json');
    expect(code).toBe(0);
    expect(rowsOf(out, 'set')[0]).toMatchObject({ hours: before?.hours, 'R@10': 1, chance: before?.chance });
  });
});

describe('cliptide tune', () => {
  it('makes a model that eval and explain take, with figures of videos that were kept out', async () => {
    const { code, out } = await run('tune', 'games', 'talk', '--json', '--named', 'mine-1', '--out', 'mine.json');
    expect(code).toBe(0);
    const figures = rowsOf(out, 'figures');
    expect(new Set(figures.map(({ method }) => method))).toEqual(new Set(['videos', 'set', 'before']));
    const [row] = rowsOf(out, 'model');
    const saved: unknown = JSON.parse(readFileSync(join(work, 'mine.json'), 'utf8'));
    expect(row).toMatchObject({ out: 'mine.json', model: saved });
    expect(saved).toMatchObject({ version: 'mine-1', training: { videos: 5, labels: 25 } });
    const again = await run('eval', 'games', '--json', '--scorer', 'mine.json');
    expect([again.code, rowsOf(again.out, 'set')[0]?.['P@5']]).toEqual([0, 1]);
    // What flatters a model is said, also of a part of what it was made from.
    expect([rowsOf(again.out, 'set')[0]?.learnedFrom, again.err]).toEqual([3, expect.stringMatching(/3 of these 3/)]);
  });

  it('the same chats give the same model', async () => {
    const models = [await run('tune', 'talk', '--json'), await run('tune', 'talk', '--json')];
    const [one, two] = models.map(({ out }) => rowsOf(out, 'model')[0]);
    expect(one).toEqual(two);
    expect(one).toMatchObject({ model: { version: expect.stringMatching(/^tuned-[0-9a-f]{8}$/) } });
  });

  it('says in tables what the model changes', async () => {
    const { code, out } = await run('tune', 'talk');
    expect(code).toBe(0);
    expect(out).toMatch(/talk\s+new model, videos kept out/);
    expect(out).toMatch(/rate_10\s+[\d.]+\s+[\d.]+/);
  });

  it('its model names what it was made from: another start has another version', async () => {
    const f10 = join(import.meta.dirname, '../../../src/domain/scoring/models/f10-1.json');
    const models = [await run('tune', 'talk', '--json'), await run('tune', 'talk', '--json', '--scorer', f10)];
    const [one, two] = models.map(({ out }) => rowsOf(out, 'model')[0]?.model);
    expect(one).toMatchObject({ training: { chats: [expect.any(String), expect.any(String)] } });
    expect(two).not.toMatchObject({ version: Object(one).version });
  });

  it('refuses what can be no version before it reads anything', async () => {
    const { code, err } = await run('tune', 'nowhere', '--named', 'a b');
    expect([code, err]).toEqual([2, expect.stringMatching(/--named.*must be 1 to 64/)]);
  });

  it('refuses what is too little to learn from', async () => {
    chatSetIn(work, { name: 'single', category: null, videos: 1 });
    const { code, err } = await run('tune', 'single');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/too little to learn from: 1 videos, 1 of them with labels/),
    ]);
    mkdirSync(join(work, 'empty'));
    writeFileSync(join(work, 'empty', 'set.json'), '{"set":"e","category":null,"before_s":0,"after_s":0}');
    const empty = await run('tune', 'empty');
    expect([empty.code, empty.err]).toEqual([2, expect.stringMatching(/the set has no chat/)]);
  });
});
