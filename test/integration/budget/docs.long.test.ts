import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { budgetKeys } from '../../../src/config/budgetkeys.ts';
import { limitNames } from '../../../src/domain/budgets.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { shellBlocks } from '../../support/shellblocks.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/budgets.md', import.meta.url)), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'cliptide-budgetdocs-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('the examples of docs/budgets.md do what the page says in a folder where nothing has run', async () => {
  const commands = shellBlocks(page).flatMap((block) => block.commands);
  const outs: string[] = [];
  for (const command of commands) {
    const ended = await cliptide(command.replace(/^npx cliptide /, '').split(' '), { cwd: work });
    expect(ended, command).toMatchObject({ code: 0, err: '' });
    outs.push(ended.out);
  }
  const also =
    'clipBytes is 20.0 GB, but all clips of this node share 3.8 GB\nno broadcast of this channel is known yet\n';
  const made = `made the data folder ${join(realpathSync(work), '.cliptide')}: nothing has run here yet\n`;
  expect(outs.slice(0, 2)).toEqual([
    `channel-1: clipBytes=20.0 GB, clipDays=30 days, fetchedBytesPerHour=3.0 GB\n${also}${made}`,
    `channel-1: clipBytes=20.0 GB, fetchedBytesPerHour=3.0 GB, llmCostPerDay=$2.50\n${also}`,
  ]);
  expect(outs[2]).toMatch(/channel-1 +clipBytes +20\.0 GB .*budget set: clipBytes/);
});

test('docs/budgets.md names every budget, with the key that it has without one of its own', () => {
  const named = [...page.matchAll(/^\| `(\w+)` \|.*\| `(budget\.\w+)`/gm)].map(([, name, key]) => [name, key]);
  expect(named).toEqual(limitNames.map((name) => [name, `budget.${name}`]));
  expect(Object.keys(budgetKeys)).toEqual(limitNames.map((name) => `budget.${name}`));
});
