/**
 * Runs the chat sets through the production stage in memory and writes what the sets' judge reads:
 *
 *   node test/bench/scorer-quality.ts [--data DIR] [--out DIR] [--per-hour N]
 *
 * `OUT/<set>/online/<id>.ndjson` has the highlights as they were emitted, `OUT/<set>/ranked/<id>.ndjson` the final
 * ranking. Judge them with `python3 DATA/judge.py DATA/<set> OUT/<set>/online`.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { highlightLine, rankedLines } from '../../src/cli/recording/scorelines.ts';
import { chatLines, chatSets, chatSuffix, setsIn } from '../support/chatset.ts';
import { ended, liveEvent, said, started, zeroAtMs } from '../support/chatstream.ts';
import { give, highlightsIn, rankingIn, scoreDriver, set } from '../support/scorestage.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, out: { type: 'string' }, 'per-hour': { type: 'string' } },
});
const data = resolve(values.data ?? chatSets);
const out = resolve(values.out ?? join(tmpdir(), 'cliptide-quality'));
const write = (folder: string, id: string, lines: readonly object[]): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${id}.ndjson`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
};

function scoreFile(setName: string, file: string): { readonly hours: number; readonly found: number } {
  const driver = scoreDriver();
  set(driver, { highlightsPerHour: Number(values['per-hour'] ?? 7.5) });
  give(driver, liveEvent('start', 0, started));
  let lastSec = 0;
  for (const { number, second, user, text } of chatLines(join(data, setName, file))) {
    const event = liveEvent(`line-${number}`, second, said(user, text));
    give(driver, event);
    lastSec = Math.max(lastSec, (event.atMs - zeroAtMs) / 1000);
  }
  give(driver, liveEvent('end', lastSec, ended()));
  const id = file.slice(0, -chatSuffix.length);
  const found = highlightsIn(driver.outputs).map((highlight) => highlightLine(highlight, zeroAtMs));
  const ranked = rankedLines(rankingIn(driver.outputs), zeroAtMs);
  write(join(out, setName, 'online'), id, found);
  write(join(out, setName, 'ranked'), id, ranked);
  return { hours: lastSec / 3600, found: found.length };
}

if (!existsSync(data)) {
  process.stderr.write(`There are no chat sets at ${data}; name their folder with --data.\n`);
  process.exitCode = 2;
} else {
  for (const { set: name, files } of setsIn(data)) {
    const totals = files.map((file) => scoreFile(name, file));
    const hours = totals.reduce((sum, one) => sum + one.hours, 0);
    const found = totals.reduce((sum, one) => sum + one.found, 0);
    const perHour = (found / hours).toFixed(2);
    process.stdout.write(`${name}: ${files.length} videos, ${perHour} highlights an hour, in ${join(out, name)}\n`);
  }
}
