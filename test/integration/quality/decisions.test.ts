import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultModel } from '../../../src/domain/scoring/model.ts';
import type { SinkInput } from '../../../src/runtime/stage.ts';
import { recordStage } from '../../../src/stages/record/stage.ts';
import { chatSetIn } from '../../support/chatsets.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { detected, entry, input, moment } from '../../support/recordinputs.ts';

const { version: model, features } = defaultModel;
let store: ChdbResults;

/** What a moment would have been found by in which every feature spoke for it, `strength` standard deviations from its mean. */
const found = (strength: number) => ({
  model,
  contributions: Object.fromEntries(features.map(({ name, weight }) => [name, strength * Math.abs(weight)])),
});

/** Highlights that people decided about: the strong ones trimmed to begin 10 s earlier, the weak ones rejected. */
function decisions(): readonly SinkInput[] {
  const inputs: SinkInput[] = [];
  for (let i = 0; i < 24; i += 1) {
    const isGood = i % 2 === 0;
    const ids = { channelId: 'slow', streamId: `evening-${i % 6}` };
    const id = `h${i}`;
    const what = { ...ids, ...found(isGood ? 2 : 0.5) };
    const first = detected(id, 100 + i * 60, what);
    const bounds = { startMs: first.startMs - 10_000, endMs: first.endMs };
    const command = { ...ids, cause: 'operator.commands', actor: 'ada' };
    const decision = isGood
      ? entry(id, 1, { ...command, toState: 'approved', highlight: { ...moment(100, ''), ...found(2), ...bounds } })
      : entry(id, 1, { ...command, toState: 'rejected' });
    // Taken back by another decision: the last one counts.
    const before = entry(id, 0, { ...command, toState: 'approved' });
    inputs.push(input('highlights.detected', first, i));
    inputs.push(input('highlights.journal', before, 100 + i), input('highlights.journal', decision, 200 + i));
  }
  // What conduct did by itself is no decision.
  inputs.push(input('highlights.detected', detected('unseen', 90, { channelId: 'other' }), 50));
  inputs.push(input('highlights.journal', entry('unseen', 0, { channelId: 'other', toState: 'approved' }), 300));
  return inputs;
}

beforeAll(async () => {
  store = await chdbResults();
  await recordStage(store).handle(decisions());
  await store.engine.close();
  chatSetIn(store.folder, { name: 'games', category: null, videos: 3 });
});
afterAll(() => store.close());

const tune = (...args: string[]) => cliptide(['tune', ...args, '--json'], { cwd: store.folder });

describe('cliptide tune --decisions', () => {
  it('alone teaches how far chat lags in a channel, and leaves the weights', async () => {
    const { code, out } = await tune('--decisions', '--data', '.', '--out', 'lags.json');
    expect(code).toBe(0);
    const lag = { channelId: 'slow', startShiftSec: expect.any(Number), endShiftSec: 0, decisions: 12 };
    const [channel, ...others] = rowsOf(out, 'channel');
    expect([channel, others]).toEqual([expect.objectContaining(lag), []]);
    expect(channel?.startShiftSec).toBeGreaterThan(3);
    expect(channel?.startShiftSec).toBeLessThan(10);
    expect(rowsOf(out, 'decisions')).toEqual([
      { kind: 'decisions', approved: 0, trimmed: 12, rejected: 12, agreement: { now: 1, before: 1 } },
    ]);
    const saved = JSON.parse(readFileSync(join(store.folder, 'lags.json'), 'utf8')) as typeof defaultModel;
    expect(saved.features).toEqual(features);
    expect(saved.version).not.toBe(model);
  });

  it('its model is taken wherever a model is, and named by what it finds', async () => {
    const chat = join('games', 'v0.chat.tsv.gz');
    const score = await cliptide(['score', chat, '--json', '--scorer', 'lags.json'], { cwd: store.folder });
    const models = new Set(rowsOf(score.out, 'highlight').map((row) => row.model));
    expect([score.code, models]).toEqual([0, new Set([expect.stringMatching(/^tuned-/)])]);
    // In force through the configuration, too; a file that is none is said before anything begins.
    const env = { CLIPTIDE_SCORERS: 'lags.json' };
    const configured = await cliptide(['score', chat, '--json'], { cwd: store.folder, env });
    expect(rowsOf(configured.out, 'highlight')).toEqual(rowsOf(score.out, 'highlight'));
    const wrong = await cliptide(['score', chat], { cwd: store.folder, env: { CLIPTIDE_SCORERS: 'none.json' } });
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/none\.json/)]);
    const twice = await cliptide(['score', chat], {
      cwd: store.folder,
      env: { CLIPTIDE_SCORERS: 'lags.json,lags.json' },
    });
    expect([twice.code, twice.err]).toEqual([2, expect.stringMatching(/two models of scorers have the version/)]);
  });

  it('with sets teaches the weights too, and says how well the model agrees with people that it did not hear', async () => {
    const { code, out } = await tune('games', '--decisions', '--data', '.');
    expect(code).toBe(0);
    const [without] = rowsOf((await tune('games')).out, 'model');
    const [withThem] = rowsOf(out, 'model');
    expect(withThem).not.toEqual(without);
    expect(withThem).toMatchObject({ model: { lag: { channels: [{ channelId: 'slow' }] } } });
    expect(rowsOf(out, 'decisions')[0]).toMatchObject({ agreement: { now: 1 } });
    expect(rowsOf(out, 'figures').length).toBeGreaterThan(0);
  });

  it('says in words what it heard', async () => {
    const { code, out } = await cliptide(['tune', '--decisions', '--data', '.'], { cwd: store.folder });
    expect(code).toBe(0);
    expect(out).toMatch(/24 decisions: 0 approved, 12 trimmed, 12 rejected; .* in 100 % of the pairs/);
    expect(out).toMatch(/slow\s+\+\d+ ± [\d.]+\s+0 ± [\d.]+\s+12/);
  });

  it('where nobody has decided yet learns from the sets alone, or says what to do', async () => {
    const withSets = await tune('games', '--decisions', '--data', 'nowhere');
    expect([withSets.code, withSets.err]).toEqual([0, expect.stringMatching(/nobody has decided/)]);
    const alone = await tune('--decisions', '--data', 'nowhere');
    expect([alone.code, alone.err]).toEqual([2, expect.stringMatching(/no results in this folder/)]);
    const nothing = await tune();
    expect([nothing.code, nothing.err]).toEqual([2, expect.stringMatching(/nothing to learn from/)]);
  });
});
