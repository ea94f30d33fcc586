import { open, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openClipStore } from '../../../src/adapters/embedded/clipstore.ts';
import { openClips, sweepOnce } from '../../../src/cli/node/budget.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { clipFolder } from '../../../src/domain/ids.ts';
import { clipsScope, keepingScope, spendingScope } from '../../../src/domain/scopes.ts';
import type { ClipStore } from '../../../src/ports/clipstore.ts';
import { spend } from '../../../src/runtime/budget.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { Reconciler } from '../../../src/runtime/reconciler.ts';
import { BudgetWorld, channelId, startMs } from '../../support/budgetworld.ts';

const block = 4096;
const dayMs = 86_400_000;

const own = (folder: string) => ({
  config: loadConfig({ cwd: folder, env: {}, overrides: { freeSpaceFloorBytes: 0 } }),
  folder,
});

/** A clip store under its budgets in a world, with clips that were stored so many days ago. */
class Kept {
  readonly world: BudgetWorld;
  readonly clips: ClipStore;
  readonly folder: string;

  private constructor(world: BudgetWorld, clips: ClipStore, folder: string) {
    this.world = world;
    this.clips = clips;
    this.folder = folder;
  }

  static async open(world: BudgetWorld, lifecycle: Lifecycle): Promise<Kept> {
    const folder = join(world.folder, 'clips');
    const clips = await openClips(own(world.folder), world.parts, new Reconciler(world.parts), lifecycle);
    await world.ledger.setCap(clipsScope, 100 * block);
    return new Kept(world, clips, folder);
  }

  /** Poster and video, a block each. */
  async put(name: string, daysAgo = 0): Promise<void> {
    for (const ending of ['jpg', 'mp4']) {
      const [path, key] = [join(this.world.folder, 'made'), `${clipFolder(channelId)}/${name}.${ending}`];
      await writeFile(path, name);
      await this.clips.put(key, path, { channelId });
      const at = (startMs - daysAgo * dayMs) / 1_000;
      await utimes(join(this.folder, key), at, at);
    }
  }

  async names(): Promise<string[]> {
    const files = await this.clips.list(clipFolder(channelId));
    return files.map(({ key }) => key.split('/').at(-1) ?? '').sort();
  }

  async evicted(): Promise<string[]> {
    return (await this.world.entries()).flatMap(({ kind, reason }) => (kind === 'evicted' ? [reason] : []));
  }
}

async function kept(use: (kept: Kept) => Promise<void>): Promise<void> {
  await using world = await BudgetWorld.open();
  const lifecycle = new Lifecycle(world.parts.logger);
  try {
    await use(await Kept.open(world, lifecycle));
  } finally {
    await lifecycle.stop(10_000);
  }
}

const used = async ({ world }: Kept, what: 'clipBytes' | 'clipCount'): Promise<number> =>
  (await world.ledger.usage(keepingScope(channelId, what))).used;

it('lets the oldest go for a new clip where the channel may keep so many, and says so', () =>
  kept(async (store) => {
    await store.world.set({ clipCount: 2 });
    await store.put('a', 3);
    await store.put('b', 2);
    await store.put('c', 0);
    expect(await store.names()).toEqual(['b.jpg', 'b.mp4', 'c.jpg', 'c.mp4']);
    expect(await store.evicted()).toEqual(['a: the oldest of more than 2 clips (clipCount)']);
    expect([await used(store, 'clipBytes'), await used(store, 'clipCount')]).toEqual([4 * block, 2]);
  }));

it('lets the oldest go where the channel may keep so many bytes', () =>
  kept(async (store) => {
    await store.world.set({ clipBytes: 5 * block });
    await store.put('a', 3);
    await store.put('b', 2);
    await store.put('c', 0);
    expect(await store.names()).toEqual(['b.jpg', 'b.mp4', 'c.jpg', 'c.mp4']);
    expect(await store.world.entries()).toMatchObject([{ kind: 'evicted', amount: 2 * block, channelId }]);
  }));

it('keeps what is pinned and what has just been made, and refuses the new clip then', () =>
  kept(async (store) => {
    await store.world.set({ clipCount: 1 });
    await store.put('a', 3);
    const pin = join(store.folder, clipFolder(channelId), 'a.keep');
    await writeFile(pin, '');
    await expect(store.put('b', 0)).rejects.toMatchObject({ code: 'budget' });
    expect(await store.names()).toEqual(['a.jpg', 'a.keep', 'a.mp4', 'b.jpg']);
    expect(await store.evicted()).toEqual([]);
  }));

it('lets clips go that are too old, when it is time for that', () =>
  kept(async (store) => {
    await store.put('a', 31);
    await store.put('b', 29);
    await sweepOnce(store.world.parts, store.clips);
    expect(await store.evicted()).toEqual([]);
    await store.world.set({ clipDays: 30 });
    await sweepOnce(store.world.parts, store.clips);
    expect(await store.names()).toEqual(['b.jpg', 'b.mp4']);
    expect(await store.evicted()).toEqual(['a: older than 30 days (clipDays)']);
  }));

it('lets go of what a killed process left of a clip: files of its own naming, not young, not kept', () =>
  kept(async (store) => {
    const [lost, whole, young, pinned] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32));
    for (const name of [lost, whole, young, pinned]) await store.put(name ?? '', name === young ? 0 : 1);
    const folder = join(store.folder, clipFolder(channelId));
    for (const name of [lost, young, pinned])
      await store.clips.delete(`${clipFolder(channelId)}/${name}.mp4`, channelId);
    for (const name of [`${pinned}.keep`, 'notes.json', `${lost}.txt`]) await writeFile(join(folder, name), '');
    const at = (startMs - dayMs) / 1_000;
    for (const name of ['notes.json', `${lost}.txt`]) await utimes(join(folder, name), at, at);
    await sweepOnce(store.world.parts, store.clips);
    expect(await store.names()).toEqual([
      ...[`${lost}.txt`, `${whole}.jpg`, `${whole}.mp4`, `${young}.jpg`],
      ...[`${pinned}.jpg`, `${pinned}.keep`, 'notes.json'],
    ]);
    expect(await used(store, 'clipBytes')).toBe(4 * block);
  }));

it('lets a clip be read to its end that goes meanwhile', () =>
  kept(async (store) => {
    await store.put('a', 31);
    const reader = await open(await store.clips.open(`${clipFolder(channelId)}/a.mp4`));
    await store.world.set({ clipDays: 30 });
    await sweepOnce(store.world.parts, store.clips);
    expect(await store.names()).toEqual([]);
    expect((await reader.readFile()).toString()).toBe('a');
    await reader.close();
  }));

it('charges at the start what a process that died left there, and drops the scopes of days that are over', () =>
  kept(async (store) => {
    await store.put('a', 1);
    const plain = await openClipStore(store.folder);
    const path = join(store.world.folder, 'made');
    await plain.put(`${clipFolder(channelId)}/uncharged.mp4`, path);
    const amounts = { renderSeconds: 1, llmTokens: 2_000, llmCost: 3_000 };
    await spend(store.world.parts, { channelId, streamId: 's', taskId: '', amounts });
    const days = new Map(
      (['renderSeconds', 'llmTokens', 'llmCost'] as const).map((what) => [
        spendingScope(channelId, what, startMs),
        amounts[what],
      ]),
    );
    for (const scope of days.keys()) await store.world.ledger.reconcile(scope, 0);
    const lifecycle = new Lifecycle(store.world.parts.logger);
    await openClips(own(store.world.folder), store.world.parts, new Reconciler(store.world.parts), lifecycle);
    await lifecycle.stop(10_000);
    expect([await used(store, 'clipBytes'), await used(store, 'clipCount')]).toEqual([3 * block, 2]);
    const spent = async () => {
      const usages = await store.world.ledger.scopes('channel:');
      return usages.filter(({ scope }) => days.has(scope)).map((usage) => [usage.scope, usage.used] as const);
    };
    expect(new Map(await spent())).toEqual(days);
    await store.world.clock.advance(2 * dayMs);
    await sweepOnce(store.world.parts, store.clips);
    expect(await spent()).toEqual([]);
  }));
