import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { chatRows, downloadedItem, ircLine, tsvLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { type JsonRow, rowsOf } from '../../support/ndjsonrows.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-score-'));
afterAll(() => rmSync(work, { recursive: true }));

const rows = chatRows(660);
const lines = rows.map(tsvLine);
const year2099 = Date.UTC(2099, 0, 1);
const zeroMs = Date.UTC(2024, 4, 1);

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(work, name), content);
  return name;
}

const score = (names: readonly string[], env?: Readonly<Record<string, string>>) =>
  cliptide(['score', ...names, '--json'], { cwd: work, ...(env === undefined ? {} : { env }) });

/** The lines with others put in at a place. */
const withLines = (at: number, ...others: readonly string[]): string[] => [
  ...lines.slice(0, at),
  ...others,
  ...lines.slice(at),
];

const fateNames = ['processed', 'late', 'duplicate', 'deadLettered', 'ignored'] as const;
const sumOfFates = (summary: JsonRow | undefined): number =>
  fateNames.reduce((sum, fate) => sum + Number(summary?.[fate]), 0);
const joined = (some: readonly string[]): string => `${some.join('\n')}\n`;

describe('cliptide score', () => {
  it('prints exactly the rows of its contract, highlights before the ranking, the summary last', async () => {
    const { code, out } = await score([file('plain.tsv', joined(lines))]);
    expect(code).toBe(0);
    const printed = rowsOf(out);
    const kinds = printed.map(({ kind }) => kind);
    expect(kinds).toEqual([...kinds].sort((a, b) => order(a) - order(b)));
    const seconds = ['startSec', 'peakSec', 'endSec'];
    const [highlight] = rowsOf(out, 'highlight');
    const own = ['score', 'threshold', 'emittedAtSec', 'contributions', 'model', 'probability'];
    expect(Object.keys(highlight ?? {})).toEqual(['kind', 'highlightId', 'streamId', ...seconds, ...own]);
    const ranked = rowsOf(out, 'ranked');
    expect(ranked.map(({ rank }) => rank)).toEqual(ranked.map((_, index) => index + 1));
    const emitted = ranked.find(({ highlightId }) => highlightId !== undefined);
    expect(Object.keys(emitted ?? {})).toEqual(['kind', 'rank', ...seconds, 'score', 'highlightId']);
    const [summary] = rowsOf(out, 'summary');
    const fields = ['kind', 'streamId', 'format', 'read', ...fateNames, 'firstSec', 'lastSec'];
    expect(Object.keys(summary ?? {})).toEqual(fields);
    expect(summary).toMatchObject({ format: 'tsv', read: rows.length, processed: rows.length });
    expect(printed.at(-1)?.kind).toBe('summary');
  });

  it('says to people what share of the highlights they are expected to call so', async () => {
    const { out } = await cliptide(['score', file('people.tsv', joined(lines))], { cwd: work });
    const [, percent] = /highlights on air, of which people would call about (\d+) % so\n/.exec(out) ?? [];
    expect(Number(percent)).toBeGreaterThan(50);
    expect(Number(percent)).toBeLessThanOrEqual(100);
  });

  it('uses the rest of a damaged file, counts what it did not use, and says in which line it is', async () => {
    const late = `${(rows[900]?.ms ?? 0) - 60_000}\tslow\tthis came a minute too late`;
    const text = joined([...withLines(900, late).slice(0, 700), 'broken', ...withLines(900, late).slice(700)]);
    const invalid = Buffer.concat([Buffer.from(text), Buffer.from('659999\tuser\t\xff\xfe\xc3(\n', 'latin1')]);
    const { code, out, err } = await score([file('damaged.tsv', invalid)]);
    expect(code).toBe(0);
    const [summary] = rowsOf(out, 'summary');
    const fates = { processed: rows.length, late: 1, duplicate: 0, deadLettered: 2, ignored: 0 };
    expect(summary).toMatchObject({ read: rows.length + 3, ...fates });
    expect(err).toMatch(/2 records are damaged.*three columns.*\n.*damaged\.tsv, line 701\n.*to do/);
    expect(err).toMatch(/1 record is too late.*runs back by [\d.]+ s\n.*damaged\.tsv, line 902\n.*to do/);
  });

  it('does not follow a clock of 2099, wherever it stands, nor epoch seconds as offsets', async () => {
    const irc = rows.map((row) => ircLine(row, zeroMs));
    const wild = ircLine({ ms: 0, user: 'future', text: 'hello from the future' }, year2099);
    const items = rows.map(downloadedItem);
    const epoch = { ...items[0], message_id: 'last', time_in_seconds: 1_597_882_691 };
    const names = [
      file('clean.irc', joined(irc)),
      file('first.irc', joined([wild, ...irc])),
      file('middle.irc', joined([...irc.slice(0, 500), wild, ...irc.slice(500)])),
      file('epoch.json', JSON.stringify([...items, epoch])),
    ];
    const { code, out, err } = await score(names);
    expect(code).toBe(0);
    const summaries = rowsOf(out, 'summary');
    expect(summaries.map(({ deadLettered }) => deadLettered)).toEqual([0, 1, 1, 1]);
    expect(summaries.map(({ processed }) => processed)).toEqual(names.map(() => rows.length));
    const peaks = byFile(out).map((printed) =>
      printed.flatMap(({ kind, peakSec }) => (kind === 'highlight' ? [peakSec] : [])),
    );
    expect(peaks[0]?.length).toBeGreaterThan(0);
    expect(peaks.slice(0, 3)).toEqual(peaks.slice(0, 3).map(() => peaks[0]));
    expect(err).toContain('2099-01-01');
    expect(err).toMatch(/middle\.irc, line 501/);
  });

  it("keeps a small channel's chat after quiet spells, and a late start, but no single wild time", async () => {
    const row = (sec: number, user: string) => `${sec * 1_000}\t${user}\thello at ${sec}`;
    const spells = [0, 1_000, 2_500, 9_000].flatMap((from) => [0, 20, 45, 70].map((sec) => from + sec));
    const quiet = spells.map((sec, index) => row(sec, index % 2 === 0 ? 'ann' : 'bob'));
    const wild = [...quiet.slice(0, 6), row(5_400, 'eve'), ...quiet.slice(6)];
    const late = quiet.slice(4, 6);
    const names = ['quiet', 'wild', 'late'].map((name, index) =>
      file(`${name}.tsv`, joined([quiet, wild, late][index] ?? [])),
    );
    const { code, out, err } = await score(names);
    expect(code).toBe(0);
    const fates = { late: 0, duplicate: 0, ignored: 0 };
    expect(rowsOf(out, 'summary')).toMatchObject([
      { ...fates, processed: 16, deadLettered: 0, firstSec: 0, lastSec: 9_070 },
      { ...fates, processed: 16, deadLettered: 1, firstSec: 0, lastSec: 9_070 },
      { ...fates, processed: 2, deadLettered: 0, firstSec: 1_000, lastSec: 1_020 },
    ]);
    expect(err).toMatch(/1 record is set aside.*jumps to .*T01:30:00.*\n.*wild\.tsv, line 7\n/);
  });

  it('says of a text of absurd length in which line it is', async () => {
    const glued = `300000\tu\t${'glued '.repeat(5_000)}`;
    const { code, err } = await score([file('glued.tsv', joined(withLines(600, glued)))]);
    expect(code).toBe(0);
    expect(err).toMatch(/1 record is set aside.*its text has 30000 characters\n.*glued\.tsv, line 601\n/);
  });

  it('does the other files when one is of no use, and ends with the worst code', async () => {
    const cut = gzipSync(joined(lines));
    const names = [
      file('short.tsv', joined(lines.slice(0, 35))),
      file('empty.json', ''),
      file('cut.tsv.gz', cut.subarray(0, cut.length / 2)),
    ];
    const { code, out, err } = await score([...names, 'missing.json']);
    expect(code).toBe(2);
    const summaries = rowsOf(out, 'summary');
    expect(summaries.map(({ processed }) => Number(processed) > 35)).toEqual([false, true]);
    expect(summaries.map(({ deadLettered }) => deadLettered)).toEqual([0, 1]);
    for (const summary of summaries) expect(sumOfFates(summary)).toBe(summary.read);
    expect(err).toMatch(/empty.*\n.*where: empty\.json\n.*to do/);
    expect(err).toMatch(/no such file.*\n.*where: missing\.json\n.*to do/);
  });

  it('ends with 2 where nothing is usable, and says where and what to do', async () => {
    const bad = {
      'unknown.txt': 'Dear diary,\nthis is no chat.\n',
      'allbad.tsv': Buffer.from('1\tuser\t\xff\xfe\xc3(\n'.repeat(50), 'latin1'),
      'epochs.json': JSON.stringify(rows.map(downloadedItem).map((item) => ({ ...item, time_in_seconds: 1.6e9 }))),
    };
    const ends = await Promise.all(Object.entries(bad).map(([name, content]) => score([file(name, content)])));
    for (const [index, name] of Object.keys(bad).entries()) {
      expect(ends[index]).toMatchObject({ code: 2, out: '' });
      expect(ends[index]?.err).toMatch(new RegExp(`where: ${name}\n.*to do`));
    }
    expect(ends[2]?.err).toContain('first damage: record 1,');
    const name = file('elsewhen.irc', joined(rows.map((row) => ircLine(row, zeroMs))));
    const elsewhen = await cliptide(['score', name, '--json', '--started-at', '2024-04-01'], { cwd: work });
    expect(elsewhen).toMatchObject({ code: 2, out: '' });
    expect(elsewhen.err).toMatch(/None of the \d+ records.*30 days after the start\n.*elsewhen\.irc\n.*--started-at/);
  });

  it('gives the same ids on another day, in another time zone and under another name, and takes equal rows for two', async () => {
    const twice = joined(rows.flatMap((row) => [tsvLine(row), ...(row.ms > 400_000 ? [tsvLine(row)] : [])]));
    const name = file('twice.tsv', twice);
    const later = 'data:text/javascript,Date.now=()=>1.9e12';
    const [today, otherDay] = await Promise.all([
      score([name]),
      score([name], { TZ: 'Asia/Tokyo', NODE_OPTIONS: `--import=${later}` }),
    ]);
    expect(rowsOf(today.out, 'highlight').length).toBeGreaterThan(0);
    expect(otherDay.out).toBe(today.out);
    const renamed = [
      file('export (1).bin', twice),
      file('other.tsv.gz', gzipSync(twice)),
      file('bom.txt', `\ufeff${twice}`),
    ];
    const { out: others } = await score(renamed);
    expect(others).toBe(today.out.repeat(3));
    const [another] = rowsOf((await score([file('twice.tsv', joined(lines.slice(1)))])).out, 'summary');
    expect(another?.streamId).not.toBe(rowsOf(today.out, 'summary')[0]?.streamId);
    const read = twice.split('\n').length - 1;
    expect(rowsOf(today.out, 'summary')[0]).toMatchObject({ read, processed: read, duplicate: 0 });
  });

  it('names the nearest right option, command and configuration key', async () => {
    const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      cliptide(args, { cwd: work, env });
    file('wrong.json', '{"latenesMs": 1}');
    const ends = await Promise.all([
      run(['score', 'plain.tsv', '--jsn']),
      run(['scor', 'plain.tsv']),
      run(['score', 'plain.tsv'], { CLIPTIDE_LATENES_MS: '1' }),
      run(['--config', 'wrong.json', 'score', 'plain.tsv']),
    ]);
    expect(ends.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(ends[0]?.err).toContain('--json');
    expect(ends[1]?.err).toContain('score?');
    expect(ends[2]?.err).toContain('CLIPTIDE_LATENESS_MS');
    expect(ends[3]?.err).toMatch(/did you mean latenessMs\?[\s\S]*wrong\.json/);
  });
});

/** What was printed for each file. */
function byFile(out: string): JsonRow[][] {
  const files: JsonRow[][] = [[]];
  for (const row of rowsOf(out)) {
    files.at(-1)?.push(row);
    if (row.kind === 'summary') files.push([]);
  }
  return files.slice(0, -1);
}

const order = (kind: unknown): number => ['highlight', 'ranked', 'summary'].indexOf(String(kind));
