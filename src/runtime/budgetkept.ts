import { blocksOf } from '../domain/budgets.ts';
import { clipFolder } from '../domain/ids.ts';
import { parseChannelScope } from '../domain/scopes.ts';
import type { ClipStore } from '../ports/clipstore.ts';

/** What is used of a scope of a channel's clips, by the store; undefined for a scope of another kind. */
export async function keptOf(store: ClipStore, scope: string): Promise<number | undefined> {
  const named = parseChannelScope(scope);
  if (named?.what !== 'clipBytes' && named?.what !== 'clipCount') return undefined;
  const files = await store.list(clipFolder(named.channelId));
  if (named.what === 'clipCount') return files.filter(({ key }) => isVideo(key)).length;
  return files.reduce((sum, { bytes }) => sum + blocksOf(bytes), 0);
}

/** Whether a file of the store is a clip's video, of which each has one. */
export const isVideo = (key: string): boolean => key.endsWith('.mp4');
