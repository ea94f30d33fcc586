import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readScorer } from '../../../src/cli/backfill/scorerfile.ts';
import { toCliptideError } from '../../../src/domain/errors.ts';
import { defaultModel, weightsOf } from '../../../src/domain/scoring/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-scorer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(content: unknown): string {
  const path = join(folder, 'scorer.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
const mine = { ...defaultModel, version: 'mine-1', threshold: 0.4 };
const refusal = async (content: unknown) => {
  const error = await readScorer(fileOf(content)).then(() => undefined, toCliptideError);
  return { code: error?.code, text: `${error?.message}\n${error?.where}` };
};

it('a model of its own, and the one that ships, are taken as they are', async () => {
  expect(await readScorer(fileOf(mine))).toEqual(mine);
  expect(await readScorer(fileOf(defaultModel))).toEqual({ ...defaultModel });
  expect(weightsOf(await readScorer(fileOf(mine))).features.length).toBe(defaultModel.features.length);
});

it.each([
  ['no JSON', '{"version": ', /no JSON/],
  ['an array', [], /model must|model .*object|Invalid/],
  [
    'a feature that there is not',
    { ...mine, features: [{ name: 'rank_1O', mean: 0, scale: 1, weight: 1 }] },
    /features\[0\]\.name is no feature; did you mean rank_10/,
  ],
  [
    'a feature twice',
    { ...mine, features: [defaultModel.features[0], defaultModel.features[0]] },
    /features must name each feature once/,
  ],
  [
    'a scale of zero',
    { ...mine, features: [{ name: 'raid', mean: 0, scale: 0, weight: 1 }] },
    /features\[0\]\.scale must be more than 0/,
  ],
  [
    'a part that is missing',
    { ...mine, lag: { ...mine.lag, onlineStartSec: undefined } },
    /lag\.onlineStartSec is missing/,
  ],
  ['a key too many', { ...mine, treshold: 1 }, /treshold is no key; did you mean model\.threshold/],
  [
    'limits the wrong way round',
    { ...mine, controller: { ...mine.controller, lowest: 30 } },
    /lowest above its highest/,
  ],
  [
    "the version of a model that ships, which it isn't",
    { ...mine, version: defaultModel.version },
    /ships with Cliptide, and differs/,
  ],
  ['a version that is no name', { ...mine, version: 'a b' }, /version must be 1 to 64/],
])('%s is refused with the reason', async (_, content, reason) => {
  const { code, text } = await refusal(content);
  expect([code, text]).toEqual(['config', expect.stringMatching(reason)]);
});

it('every fault is named at once, and a file that is not there is said to be so', async () => {
  const { text } = await refusal({ ...mine, clip: 'four', intercept: null });
  expect(text).toMatch(/2 faults[\s\S]*model\.intercept[\s\S]*model\.clip/);
  await expect(readScorer(join(folder, 'nowhere.json'))).rejects.toMatchObject({
    code: 'config',
    message: /cannot be read/,
  });
});
