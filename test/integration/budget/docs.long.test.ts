import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { budgetKeys } from '../../../src/config/budgetkeys.ts';
import { limitNames } from '../../../src/domain/budgets.ts';
import { defaultPartitions } from '../../../topology/topics.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { withLog } from '../../support/scoredlog.ts';
import { shellBlocks } from '../../support/shellblocks.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/budgets.md', import.meta.url)), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'cliptide-budgetdocs-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(async () => {
  mkdirSync(join(work, '.cliptide'));
  await withLog(join(work, '.cliptide'), defaultPartitions, async () => undefined);
});

test('the examples of docs/budgets.md do what the page says', async () => {
  const commands = shellBlocks(page).flatMap((block) => block.commands);
  const outs: string[] = [];
  for (const command of commands) {
    const ended = await cliptide(command.replace(/^npx cliptide /, '').split(' '), { cwd: work });
    expect(ended, command).toMatchObject({ code: 0, err: '' });
    outs.push(ended.out);
  }
  const also =
    'clipBytes is 20.0 GB, but all clips of this node share 3.8 GB\nno broadcast of this channel is known yet\n';
  expect(outs.slice(1)).toEqual([
    `channel-1: clipBytes=20000000000 clipDays=30 fetchedBytesPerHour=3000000000\n${also}`,
    `channel-1: clipBytes=20000000000 fetchedBytesPerHour=3000000000 llmCostPerDay=2.5\n${also}`,
  ]);
}, 120_000);

test('docs/budgets.md names every budget, with the key that it has without one of its own', () => {
  const named = [...page.matchAll(/^\| `(\w+)` \|.*\| `(budget\.\w+)`/gm)].map(([, name, key]) => [name, key]);
  expect(named).toEqual(limitNames.map((name) => [name, `budget.${name}`]));
  expect(Object.keys(budgetKeys)).toEqual(limitNames.map((name) => `budget.${name}`));
});
