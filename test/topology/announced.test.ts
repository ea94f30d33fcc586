import { expect, test } from 'vitest';
import type { CommandContext } from '../../src/cli/context.ts';
import { allTold, announce } from '../../src/cli/live/announce.ts';
import type { PipelineNode } from '../../src/cli/node/node.ts';
import { CliptideError } from '../../src/domain/errors.ts';
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

test('a clip whose file this process does not find is named with what to do, and those after it are announced', async () => {
  await withLog(undefined, 1, async (deps) => {
    const clips = ['a', 'b'].map((id) =>
      toAppend(deps.codec, {
        topic: 'clips.rendered',
        key: 'c1',
        record: clip(id, 'h', { streamId: 'one', channelId: 'c1' }),
      }),
    );
    await deps.log.append(clips);
    const hint = 'all need the same clipsDir';
    const open = async (key: string): Promise<string> => {
      if (key === 'b.mp4') return `/clips/${key}`;
      throw new CliptideError('media-gone', 'it is not there', { where: `/apart/${key}`, hint });
    };
    const lines: string[] = [];
    const over = new AbortController();
    const terminal = { line: (text: string) => lines.push(text) && lines.length === 2 && over.abort() };
    const broadcast = { streamId: 'one', channelId: 'c1', zeroAtMs: 0 };
    const how = { json: false, from: 'start', goesOn: true } as const;
    const [node, context] = [{ deps, clips: { open } }, { terminal }] as unknown as [PipelineNode, CommandContext];
    await announce(broadcast as Parameters<typeof announce>[0], node, context, how, over.signal);
    expect(lines[0]).toMatch(
      /A goal.*it is not there\n {2}where: \/apart\/a\.mp4\n {2}to do: all need the same clipsDir/,
    );
    expect(lines[1]).toMatch(/clip source "A goal", 20\.0 s: \/clips\/b\.mp4/);
  });
});

test('a highlight that a killed scorer told of twice is said once, and counts until all are told', async () => {
  await withLog(undefined, 1, async (deps) => {
    const found = ['h', 'h', 'i'].map((id) =>
      toAppend(deps.codec, { topic: 'highlights.detected', key: 'c1', record: detected(id, 9, { streamId: 'one' }) }),
    );
    await deps.log.append(found);
    const lines: string[] = [];
    const over = new AbortController();
    const broadcast = { streamId: 'one', channelId: 'c1', zeroAtMs: 0 };
    const told = { highlights: 0, clips: 0 };
    const how = { json: false, from: 'start', goesOn: true, told } as const;
    const terminal = { line: (text: string) => lines.push(text) };
    const [node, context] = [{ deps }, { terminal }] as unknown as [PipelineNode, CommandContext];
    const announced = announce(broadcast as Parameters<typeof announce>[0], node, context, how, over.signal);
    await allTold({ streamId: 'one', channelId: 'c1' }, node, told, new AbortController().signal);
    over.abort();
    await announced;
    expect(lines).toHaveLength(2);
  });
});
