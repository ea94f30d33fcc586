import { expect, test } from 'vitest';
import { allTold } from '../../src/cli/live/announce.ts';
import type { PipelineNode } from '../../src/cli/node/node.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { clip, detected } from '../support/recordinputs.ts';
import { withLog } from '../support/scoredlog.ts';

test('a broadcast is over once its last highlight and clip were said, and no other broadcast counts', async () => {
  await withLog(undefined, 1, async (deps) => {
    const ids = { streamId: 'one', channelId: 'c1' };
    const records = ['one', 'other'].flatMap((streamId) => [
      toAppend(deps.codec, { topic: 'highlights.detected', key: 'c1', record: detected('h', 9, { streamId }) }),
      toAppend(deps.codec, { topic: 'clips.rendered', key: 'c1', record: clip('a', 'h', { streamId }) }),
      toAppend(deps.codec, { topic: 'clips.rendered', key: 'c1', record: clip('b', 'h', { streamId }) }),
    ]);
    await deps.log.append(records);
    // The second clip is said after it was asked for three times.
    let looks = 0;
    const told = {
      highlights: 1,
      get clips() {
        looks += 1;
        return looks < 4 ? 1 : 2;
      },
      set clips(_) {},
    };
    await allTold(ids, { deps } as PipelineNode, told, new AbortController().signal);
    expect(looks).toBe(4);
  });
});
