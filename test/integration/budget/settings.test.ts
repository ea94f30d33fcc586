import { expect, it } from 'vitest';
import { noLimits, type ScopeCaps } from '../../../src/domain/budgets.ts';
import { clipsScope, daysScope, eventsScope, keepingScope, nodeScopes, tailScope } from '../../../src/domain/scopes.ts';
import { newestSettings } from '../../../src/runtime/appliedsettings.ts';
import { budgetRows, setBudget } from '../../../src/runtime/operator/budgets.ts';
import { toAppend } from '../../../src/runtime/records.ts';
import { ingestChat } from '../../../src/stages/ingest/stage.ts';
import { BudgetWorld, channelId, whole } from '../../support/budgetworld.ts';
import { withLog } from '../../support/scoredlog.ts';

it('a channel keeps its budgets when its next broadcast begins with other settings', () =>
  withLog(undefined, 2, async (deps) => {
    await setBudget(deps, channelId, { renderSecondsPerDay: 60, clipCount: 5 }, { clips: null });
    const policy = { hold: 'ranking', top: 4, presets: ['copy'], category: 'games', scorerVersion: '' };
    const settings = {
      ...{ channelId, effectiveAtMs: 1_000, highlightsPerHour: 9, latenessMs: 500 },
      ...{ ...policy, ...noLimits },
    };
    const times = { zeroAtMs: 1_000, firstAtMs: 1_000 };
    const broadcast = { streamId: 'stream', channelId, ...times, category: 'games', title: '', settings };
    const items = (async function* () {})();
    const signal = new AbortController().signal;
    await ingestChat(broadcast, { items, live: false }, { ...deps, pseudonym: (user) => user }, signal);
    expect(await newestSettings(deps, channelId)).toEqual({ ...settings, renderSecondsPerDay: 60, clipCount: 5 });
  }));

it('setting a budget says where it is more than all clips share, and that a channel is new until it has been on air', () =>
  withLog(undefined, 2, async (deps) => {
    const caps = { clips: 4e9 };
    const first = await setBudget(deps, 'eva', { clipBytes: 20e9 }, caps);
    expect(first).toMatchObject({ clipBytes: 20e9, clipsShareBytes: 4e9, isKnown: false });
    expect(await setBudget(deps, 'eva', { clipBytes: 3e9 }, caps)).toMatchObject({
      clipsShareBytes: null,
      isKnown: false,
    });
    const settings = await newestSettings(deps, 'eva');
    if (settings === undefined) throw new Error('nothing was set');
    const record = { ...settings, effectiveAtMs: 1_000 };
    await deps.log.append([toAppend(deps.codec, { topic: 'channel.settings', key: 'eva', record })]);
    const inBucket = await setBudget(deps, 'eva', { clipBytes: 20e9 }, { clips: null });
    expect(inBucket).toMatchObject({ clipsShareBytes: null, isKnown: true });
  }));

it('lists the caps that are set and configured, whatever a ledger that was lost says', async () => {
  await using world = await BudgetWorld.open();
  const { ledger, log, codec, clock } = world.parts;
  const configured = new Set(['budget.clipDays', 'dataCapBytes', 's3.bucket']);
  const ask = (caps: ScopeCaps) =>
    budgetRows({ log, codec, clock, ledger, defaults: { ...whole, clipDays: 90 }, caps, configured });
  for (const what of ['clipBytes', 'clipCount'] as const) await ledger.reconcile(keepingScope(channelId, what), 0);
  for (const scope of [clipsScope, eventsScope, nodeScopes('n').cache, nodeScopes('n').work, tailScope('b:ö')])
    await ledger.reconcile(scope, 0);
  await world.set({ channelId: 'eva', clipDays: 30 });
  const caps = { cache: 1e9, work: 2e9, events: 3e9, clips: 4e9, tail: 5e8 };
  const told = async (of: ScopeCaps) =>
    new Map((await ask(of)).map((row) => [row.scope, [row.cap, row.setBy, row.isDefault]]));
  expect(await told(caps)).toEqual(
    new Map([
      [keepingScope(channelId, 'clipBytes'), [4e9, 'dataCapBytes', false]],
      [keepingScope(channelId, 'clipCount'), [null, 'budget.clipCount', true]],
      [daysScope(channelId), [90, 'budget.clipDays', false]],
      [daysScope('eva'), [30, 'budget set: clipDays', false]],
      [clipsScope, [4e9, 'dataCapBytes', false]],
      [eventsScope, [3e9, 'dataCapBytes', false]],
      [nodeScopes('n').cache, [1e9, 'cacheCapBytes', true]],
      [nodeScopes('n').work, [2e9, 'dataCapBytes', false]],
      [tailScope('b:ö'), [5e8, 'tail.capBytes', true]],
    ]),
  );
  expect((await ask(caps)).find(({ scope }) => scope === tailScope('b:ö'))).toMatchObject({ channelId: 'b:ö' });
  const inBucket = await told({ ...caps, clips: null });
  expect(inBucket.get(clipsScope)).toEqual([null, 's3.bucket', false]);
  expect(inBucket.get(keepingScope(channelId, 'clipBytes'))).toEqual([null, 'budget.clipBytes', true]);
});
