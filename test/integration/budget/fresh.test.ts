import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cliptide, endProcesses } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';

let work = '';
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'cliptide-fresh-'));
});
afterEach(() => {
  endProcesses();
  rmSync(work, { recursive: true, force: true });
});

const ask = (...args: readonly string[]) => cliptide([...args, '--data', join(work, 'data')], { cwd: work });

it('sets a budget where nothing has run, which is listed then', async () => {
  const set = await ask('budget', 'set', 'eva', 'clipCount=3');
  expect(set).toMatchObject({ code: 0, err: '', out: expect.stringContaining('made the data folder') });
  expect((await ask('budget', 'set', 'eva', 'clipDays=9')).out).not.toContain('made');
  const rows = rowsOf((await ask('budget', 'list', '--json')).out);
  expect(rows).toEqual(expect.arrayContaining([expect.objectContaining({ channelId: 'eva', unit: 'clips', cap: 3 })]));
});

it.each(['budget list', 'cache status', 'lag'])(
  'says of %s that nothing has run here yet, and makes nothing',
  async (one) => {
    const { code, err } = await ask(...one.split(' '));
    expect([code, err]).toEqual([2, expect.stringMatching(/nothing has run here yet.*start "cliptide live"/s)]);
    expect(existsSync(join(work, 'data'))).toBe(false);
  },
);

it("puts no log beside somebody else's files, nor in the place of one", async () => {
  const data = join(work, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'holiday.jpg'), '');
  expect(await ask('budget', 'set', 'eva', 'clipCount=3')).toMatchObject({ code: 2 });
  expect(readdirSync(data)).toEqual(['holiday.jpg']);
  rmSync(data, { recursive: true });
  writeFileSync(data, '');
  const { code, err } = await ask('budget', 'set', 'eva', 'clipCount=3');
  expect([code, err]).toEqual([2, expect.stringContaining('no data folder here')]);
});

it('refuses a budget that is given twice, and says which', async () => {
  const { code, err } = await ask('budget', 'set', 'eva', 'clipCount=3', 'clipDays=2', 'clipCount=default');
  expect([code, err]).toEqual([2, expect.stringContaining('given more than once: clipCount')]);
});
