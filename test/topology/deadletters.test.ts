import { expect, test } from 'vitest';
import { CliptideError } from '../../src/domain/errors.ts';
import type { LogRecord } from '../../src/ports/eventlog.ts';
import { deadLetter } from '../../src/runtime/deadletters.ts';
import { type Case, findCases } from '../../src/runtime/operator/cases.ts';
import { replayHeader } from '../../src/runtime/operator/letters.ts';
import { type ReplayRow, replayLetters } from '../../src/runtime/operator/replay.ts';
import { shownRow } from '../../src/runtime/operator/rows.ts';
import { toAppend } from '../../src/runtime/records.ts';
import type { StatefulDependencies } from '../../src/runtime/stateful.ts';
import { damagedItem } from '../../src/stages/ingest/deadletters.ts';
import { stageNames } from '../../topology/topics.ts';
import { collected } from '../support/collected.ts';
import { madeChat } from '../support/madechat.ts';
import { appendLive, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';

const everything = { stages: stageNames };
const poison = Buffer.from('{"kind":"chat"}');

const casesOf = (deps: StatefulDependencies): Promise<readonly Case[]> => findCases(deps, everything);

async function replayed(deps: StatefulDependencies, ids?: readonly string[], again = false): Promise<ReplayRow[]> {
  return collected(replayLetters(deps, { filter: { ...everything, ids }, again }));
}

const appendPoison = async ({ log }: StatefulDependencies, value: Uint8Array = poison): Promise<number> => {
  const [offset = -1] = await log.append([
    { topic: 'live.analytics', partition: 1, key: 'channel-1', headers: { trace: 'x' }, value },
  ]);
  return offset;
};

test('a dead letter is listed, shown, sent again as it was, and linked when it fails again', async () => {
  await withLog(undefined, 2, async (deps) => {
    const offset = await appendPoison(deps);
    await scoreToTheEnd(deps);
    const id = `score/live.analytics/1/${offset}`;
    expect(await casesOf(deps)).toMatchObject([{ id, state: 'waiting', replays: 0 }]);
    const [one] = await casesOf(deps);
    expect(await shownRow(deps, one as Case)).toMatchObject({
      headers: { trace: 'x' },
      text: poison.toString(),
      hex: poison.toString('hex'),
      record: null,
      decodeError: expect.stringContaining('magic byte'),
    });

    const sent = await replayed(deps);
    expect(sent).toMatchObject([
      { kind: 'replayed', id, topic: 'live.analytics', partition: 1 },
      { kind: 'replay', replayed: 1, skipped: 0, unsendable: 0 },
    ]);
    const next = (await deps.log.bounds('live.analytics', 1)).end - 1;
    const [record] = await deps.log.read('live.analytics', 1, next, 1);
    expect(record).toMatchObject({ key: 'channel-1', headers: { trace: 'x', [replayHeader]: id } });
    expect(Buffer.from(record?.value ?? []).equals(poison)).toBe(true);

    // Before the stage has seen it, a second replay sends nothing.
    expect(await replayed(deps)).toEqual([
      { kind: 'skipped', id, reason: 'replayed' },
      { kind: 'replay', replayed: 0, skipped: 1, unsendable: 0 },
    ]);
    await scoreToTheEnd(deps);
    expect(await casesOf(deps)).toMatchObject([{ id, state: 'failed again', replays: 1 }]);
    await replayed(deps, [id]);
    await scoreToTheEnd(deps);
    expect(await casesOf(deps)).toMatchObject([{ id, state: 'failed again', replays: 2 }]);
  });
});

test('a replay that is forced again and again counts in the results once', async () => {
  await withLog(undefined, 1, async (deps) => {
    const events = madeChat({ seed: 3, streamId: 'one', seconds: 60, messagesPerSecond: 1, burstEverySec: 40 });
    await appendLive(deps, events.slice(0, 40));
    const [record] = await deps.log.read('live.analytics', 0, 39, 1);
    // As an older version would have put it aside.
    const error = new CliptideError('schema', 'the registry has no such schema');
    await deps.log.append([toAppend(deps.codec, deadLetter('score', record as LogRecord, error, 5))]);
    await replayed(deps);
    await replayed(deps, undefined, true);
    await appendLive(deps, events.slice(40));
    await scoreToTheEnd(deps);
    const [ranking] = await deps.log.read('highlights.ranked', 0, 0, 10);
    const { fates } = deps.codec.decode('highlights.ranked', ranking?.value ?? Buffer.alloc(0));
    expect(fates).toMatchObject({ read: events.length, processed: events.length - 2, duplicate: 2 });
  });
});

test('what cannot be sent is left with the reason: a source record, and one of which only a part is left', async () => {
  await withLog(undefined, 1, async (deps) => {
    const broadcast = { streamId: 'a/b', channelId: 'channel-1' };
    const damaged = { kind: 'damaged', position: 7, reason: 'no JSON', raw: Buffer.from('x'), rawBytes: 1 } as const;
    await deps.log.append([toAppend(deps.codec, damagedItem(damaged, broadcast, 5))]);
    const [offset = -1] = await deps.log.append([
      { topic: 'live.analytics', key: 'channel-1', value: Buffer.alloc(100_000, 1) },
    ]);
    await scoreToTheEnd(deps);
    const whole = await replayed(deps);
    expect(whole).toContainEqual({ kind: 'skipped', id: 'ingest/a/b/-1/7', reason: 'source' });
    expect(whole.at(-1)).toEqual({ kind: 'replay', replayed: 1, skipped: 1, unsendable: 1 });
    const [record] = await deps.log.read('live.analytics', 0, offset + 1, 1);
    expect(record?.value?.length).toBe(100_000);

    await scoreToTheEnd(deps);
    await deps.log.trim('live.analytics', 0, offset + 2);
    expect(await replayed(deps, [`score/live.analytics/0/${offset}`])).toMatchObject([{ reason: 'cut' }, {}]);
  });
});

test('an id that there is not sends nothing at all', async () => {
  await withLog(undefined, 2, async (deps) => {
    const offset = await appendPoison(deps);
    await scoreToTheEnd(deps);
    const before = await deps.log.bounds('live.analytics', 1);
    const ids = [`score/live.analytics/1/${offset}`, 'score/live.analytics/1/99'];
    await expect(replayed(deps, ids)).rejects.toMatchObject({ code: 'usage' });
    expect(await deps.log.bounds('live.analytics', 1)).toEqual(before);
  });
});
