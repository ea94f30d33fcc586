import { expect, it } from 'vitest';
import { noLimits } from '../../../src/domain/budgets.ts';
import { newestSettings } from '../../../src/runtime/appliedsettings.ts';
import { setBudget } from '../../../src/runtime/operator/budgets.ts';
import { ingestChat } from '../../../src/stages/ingest/stage.ts';
import { withLog } from '../../support/scoredlog.ts';

it('a channel keeps its budgets when its next broadcast begins with other settings', () =>
  withLog(undefined, 2, async (deps) => {
    const channelId = 'eva';
    await setBudget(deps, channelId, { renderSecondsPerDay: 60, clipCount: 5 });
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
