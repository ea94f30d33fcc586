import { expect, test } from 'vitest';
import type { ClipMessage } from '../../src/ports/notifier.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { startSink } from '../../src/runtime/sink.ts';
import { notifyStage } from '../../src/stages/notify/stage.ts';
import { clip } from '../support/recordinputs.ts';
import { withLog } from '../support/scoredlog.ts';

const clips = 1_000;

test(`promise 25: ${clips} rendered clips raise one message each, all of kind clip.rendered; failed ones and other runs raise none`, async () => {
  const messages: ClipMessage[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const deliver = async (message: ClipMessage): Promise<void> => {
    messages.push(message);
    if (message.id === 'clip_last') resolve();
  };
  await withLog(undefined, 2, async (deps) => {
    const made = Array.from({ length: clips - 1 }, (_, n) => clip(`k${n}`, `h${n}`, { run: 'live' }));
    const failed = clip('failed', 'h', { run: 'live', outcome: 'failed' });
    const other = clip('other', 'h', { run: 'backfill-of-may' });
    const last = clip('last', 'h', { run: 'live' });
    const records = [...made, failed, other, last].map((record) => ({ ...record, channelId: 'one' }));
    await deps.log.append(
      records.map((record) => toAppend(deps.codec, { topic: 'clips.rendered', key: record.channelId, record })),
    );
    const stage = startSink(notifyStage({ deliver }), deps);
    await Promise.race([all, stage.done]);
    await stage.stop();
  });
  expect(new Set(messages.map(({ type }) => type))).toEqual(new Set(['clip.rendered']));
  expect(messages.map(({ id }) => id)).toEqual([
    ...Array.from({ length: clips - 1 }, (_, n) => `clip_k${n}`),
    'clip_last',
  ]);
});
