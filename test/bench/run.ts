// Measures every figure, or those that are named, and writes RESULTS.md: npm run bench [-- NAME...]
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from './figure.ts';
import { backfill } from './figures/cluster/backfill.ts';
import { changelog } from './figures/cluster/changelog.ts';
import { delay } from './figures/cluster/delay.ts';
import { idle } from './figures/cluster/idle.ts';
import { record } from './figures/cluster/record.ts';
import { recovery } from './figures/cluster/recovery.ts';
import { scoring } from './figures/cluster/scoring.ts';
import { streams } from './figures/cluster/streams.ts';
import { demo } from './figures/demo.ts';
import { embedded } from './figures/embedded.ts';
import { install } from './figures/install.ts';
import { ledger } from './figures/ledger.ts';
import { media } from './figures/media.ts';
import { million } from './figures/million.ts';
import { progressive } from './figures/progressive.ts';
import { quality } from './figures/quality.ts';
import { render } from './figures/render.ts';
import { scorer } from './figures/scorer.ts';
import { commit, machine } from './machine.ts';
import { report } from './report.ts';

const cluster = [scoring, record, recovery, changelog, streams, delay, idle, backfill];
const figures = [scorer, quality, embedded, million, ledger, media, progressive, render, demo, ...cluster, install];
const named = process.argv.slice(2);
const unknown = named.filter((name) => !figures.some((figure) => figure.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `no such figure: ${unknown.join(', ')}; there are ${figures.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}

const about = [machine(), commit()] as const;
const rows: Row[] = [];
for (const figure of figures.filter(({ name }) => named.length === 0 || named.includes(name))) {
  process.stderr.write(`measuring: ${figure.name}\n`);
  const folder = await mkdtemp(join(tmpdir(), `cliptide-bench-${figure.name}-`));
  try {
    rows.push(...(await figure.measure(folder)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
const text = report(...about, rows);
process.stdout.write(text);
// A part of the figures is for looking at; the file holds all of them, of one run.
if (named.length === 0) await writeFile(new URL('RESULTS.md', import.meta.url), text);
