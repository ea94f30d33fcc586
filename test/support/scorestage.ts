import { noLimits } from '../../src/domain/budgets.ts';
import type { ChannelSettings, DetectedHighlight, LiveEvent, StreamRanking } from '../../src/domain/records.gen.ts';
import type { Output } from '../../src/runtime/stage.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import type { ScoreState } from '../../src/stages/score/state.ts';
import { StageDriver } from './stagedriver.ts';

type Driver = StageDriver<ScoreState, 'channel.settings' | 'live.analytics'>;

/** The production stage without a log or a clock. */
export const scoreDriver = (): Driver => new StageDriver(scoreStage({ run: 'test' }));

export const give = (driver: Driver, event: LiveEvent): readonly Output[] =>
  driver.give({ topic: 'live.analytics', key: event.channelId, record: event });

export const set = (driver: Driver, settings: Partial<ChannelSettings>): readonly Output[] =>
  driver.give({
    topic: 'channel.settings',
    key: 'channel-1',
    record: {
      ...noLimits,
      channelId: 'channel-1',
      effectiveAtMs: 0,
      highlightsPerHour: 7.5,
      latenessMs: 2000,
      category: '',
      scorerVersion: '',
      hold: 'online',
      top: 10,
      presets: [],
      ...settings,
    },
  });

/** What the stage makes of these events. */
export function outputsOf(events: readonly LiveEvent[]): readonly Output[] {
  const driver = scoreDriver();
  for (const event of events) give(driver, event);
  return driver.outputs;
}

export const highlightsIn = (outputs: readonly Output[]): DetectedHighlight[] =>
  outputs.flatMap((output) => (output.topic === 'highlights.detected' ? [output.record] : []));

export function rankingIn(outputs: readonly Output[]): StreamRanking {
  const found = outputs.flatMap((output) => (output.topic === 'highlights.ranked' ? [output.record] : []));
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} rankings instead of one`);
  return found[0];
}
