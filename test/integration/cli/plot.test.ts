import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-plot-'));
afterAll(() => rmSync(work, { recursive: true }));
const lines = `${chatRows(660).map(tsvLine).join('\n')}\n`;
writeFileSync(join(work, 'one.chat.tsv.gz'), gzipSync(lines));
writeFileSync(join(work, 'other.tsv'), lines);

const score = (...args: string[]) => cliptide(['score', ...args], { cwd: work });

describe('cliptide score --plot', () => {
  it('draws the highlights that it prints, with their ranks, and the labels that lie beside the chat', async () => {
    writeFileSync(join(work, 'one.labels.tsv'), '195\t215\thighlight\n300\t310\trejected\n');
    const { code, out, err } = await score('one.chat.tsv.gz', '--plot', 'made/one.svg', '--json');
    expect(code).toBe(0);
    expect(err).toContain(`drawn: ${join(work, 'made/one.svg')}\n`);
    const svg = readFileSync(join(work, 'made/one.svg'), 'utf8');
    const ranks = new Map(rowsOf(out, 'ranked').map(({ highlightId, rank }) => [highlightId, rank]));
    const highlights = rowsOf(out, 'highlight');
    expect(highlights.length).toBeGreaterThan(1);
    for (const { highlightId, peakSec } of highlights) {
      const time = new Date(Number(peakSec) * 1_000).toISOString().slice(12, 19);
      expect(svg).toContain(`<title>#${ranks.get(highlightId)} ${time}, score`);
    }
    expect(svg).toContain('>one.chat.tsv.gz</text>');
    expect(svg).toContain('labelled a highlight, 0:03:15 to 0:03:35');
    expect(svg).toContain('labelled no highlight, 0:05:00 to 0:05:10');
    const { code: unplotted, out: same } = await score('one.chat.tsv.gz', '--json');
    expect({ code: unplotted, out: same }).toEqual({ code: 0, out });
  });

  it('refuses several chats, a file that cannot be written and labels that are none, before it scores', async () => {
    mkdirSync(join(work, 'folder'));
    writeFileSync(join(work, 'wrong.tsv'), lines);
    writeFileSync(join(work, 'wrong.labels.tsv'), '10\t20\thighlight\n30\tlater\thighlight\n');
    const ends = await Promise.all([
      score('one.chat.tsv.gz', 'other.tsv', '--plot', 'two.svg'),
      score('other.tsv', '--plot', 'other.tsv/plot.svg'),
      score('other.tsv', '--plot', 'folder'),
      score('wrong.tsv', '--plot', 'wrong.svg'),
      score('missing.tsv', '--plot', 'new/missing.svg'),
      score('other.tsv', '--plot', './other.tsv'),
    ]);
    expect(ends.map(({ code, out }) => ({ code, out }))).toEqual(ends.map(() => ({ code: 2, out: '' })));
    expect(ends[0]?.err).toMatch(/a plot shows one chat, and 2 are given\n.*--plot\n.*to do/);
    expect(ends[1]?.err).toMatch(/the plot's folder cannot be.*\n.*other\.tsv\n.*to do: .*--plot/);
    expect(ends[2]?.err).toMatch(/no file\n.*where: folder\n.*to do/);
    expect(ends[3]?.err).toMatch(/no label\n.*wrong\.labels\.tsv, line 2\n.*to do/);
    expect(ends[5]?.err).toContain('would take the place of the chat');
    expect(readFileSync(join(work, 'other.tsv'), 'utf8')).toBe(lines);
    expect(readdirSync(work).filter((name) => /svg|part|probe/.test(name))).toEqual([]);
    expect(existsSync(join(work, 'new'))).toBe(false);
  });
});
