import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { makeRecording } from '../../support/recording.ts';
import { shellBlocks } from '../../support/shellblocks.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const blocks = shellBlocks(readFileSync(join(root, 'README.md'), 'utf8'));
const exampleAddress = 'https://archive.example.org/live/index.m3u8';
const work = mkdtempSync(join(tmpdir(), 'cliptide-readme-'));
afterAll(() => rmSync(work, { recursive: true }));

/** Files that the examples name, and an `npx` that starts this checkout wherever it is called. */
beforeAll(async () => {
  const bin = join(work, 'bin');
  mkdirSync(bin);
  const launch = join(root, 'src/launch.mjs');
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${launch}' "$@"\n`, { mode: 0o755 });
  const { path } = await locateTool('ffmpeg');
  const made = await makeRecording(path, work, 320);
  copyFileSync(made.events, join(work, 'chat.json'));
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a line as a person would; one that goes on for ever is stopped, as with Ctrl-C, once it runs. */
function shell(line: string): Promise<Ended> {
  const env = { ...process.env, PATH: `${join(work, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}` };
  const local = line.replace(exampleAddress, join(work, 'archive.m3u8'));
  const child = spawn('sh', ['-c', `exec ${local}`], { cwd: work, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  let interrupted = false;
  child.stderr.on('data', (chunk) => {
    err += chunk;
    if (interrupted || !/cliptide run$/.test(line) || !err.includes('running;')) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

const objects = (ended: Ended | undefined) =>
  (ended?.out ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('README', () => {
  const ended = new Map<string, Ended>();

  it('has no example that this test leaves out, but for the commands that set up and test', () => {
    const left = blocks.filter(({ marked }) => marked === undefined).flatMap(({ commands }) => commands);
    // The last steps of `.ci/run` run what these run.
    const cluster = ['npm run services up', 'npm run demo -- --cluster', 'npm run services down'];
    expect(left).toEqual(['npm ci && npm run demo', 'npm ci && npm test', ...cluster]);
  });

  it.each(blocks.filter(({ marked }) => marked !== undefined).flatMap(({ commands }) => commands))(
    'works as it is written: %s',
    async (line) => {
      const end = await shell(line);
      ended.set(line, end);
      expect(end, end.err).toMatchObject({ code: 0 });
    },
    120_000,
  );

  const outputOf = (part: string) => ended.get([...ended.keys()].find((line) => line.includes(part)) ?? '');

  it('says truly what `clip` leaves: each clip with its poster, and a row for each file', () => {
    const rows = JSON.parse(readFileSync(join(work, 'clips/clips.json'), 'utf8'));
    expect(rows.length).toBe(2);
    for (const { file, rank, preset, highlight } of rows) {
      expect(file).toMatch(
        new RegExp(`^${rank}-\\d\\d\\.\\d\\d\\.\\d\\d-${highlight.highlightId.slice(0, 8)}-${preset}\\.mp4$`),
      );
      for (const name of [file, file.replace(/mp4$/, 'jpg')]) expect(existsSync(join(work, 'clips', name))).toBe(true);
    }
  });

  it('says truly what `clip --json` prints: the rows of clips.json', () => {
    const rows = JSON.parse(readFileSync(join(work, 'both/clips.json'), 'utf8'));
    const printed = objects(outputOf('--out both')).map(({ kind, ...row }) => {
      expect(kind).toBe('clip');
      return row;
    });
    const byFile = (a: { file: string }, b: { file: string }) => (a.file < b.file ? -1 : 1);
    expect(printed.sort(byFile)).toEqual(rows.sort(byFile));
    expect(rows.map(({ preset }: { preset: string }) => preset).sort()).toEqual(['copy', 'source']);
  });

  it('names every field that `clip` and `score` print', () => {
    const table = readFileSync(join(root, 'README.md'), 'utf8');
    const printed = ['--out both', 'score chat.json events'].flatMap((part) => objects(outputOf(part)));
    for (const row of printed) {
      for (const field of Object.keys(row).filter((name) => name !== 'kind')) expect(table).toContain(`\`${field}\``);
    }
    const kinds = new Set(printed.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['clip', 'highlight', 'ranked', 'summary']);
  });

  it('and its pages ask only what the results can answer', async () => {
    const page = readFileSync(join(root, 'docs/results.md'), 'utf8');
    const queries = (/```sql\n([\s\S]*?)```/.exec(page)?.[1] ?? '').split('\n').filter((line) => line !== '');
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(await shell(`npx cliptide sql "${query}"`)).toMatchObject({ code: 0, err: '' });
  });

  it('shows rows where it asks the results of the live broadcast', () => {
    for (const part of ['FROM moments', 'FROM clip_files', 'FROM clip_latency'])
      expect(outputOf(part)?.out.trim().split('\n').length, part).toBeGreaterThan(1);
    const [, first = ''] = outputOf('FROM clip_files')?.out.trim().split('\n') ?? [];
    expect(existsSync(join(work, '.cliptide', first.split('\t').at(-1) ?? ''))).toBe(true);
  });
});
