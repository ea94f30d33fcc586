import path from 'node:path';
import type { Fetcher, Validators } from '../../ports/fetcher.ts';
import { notPlaylist } from './lines.ts';
import { type LoadedPlaylist, loadPlaylist } from './load.ts';
import { bestVariant } from './master.ts';
import { parsePlaylist } from './parse.ts';
import type { MediaPlaylist } from './playlist.ts';
import { isRemote, resolveUri } from './resolve.ts';

/** A media playlist that can be read again and again. */
export interface PlaylistSource {
  /** Its absolute address. */
  readonly uri: string;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  /** As it was when the source was opened. */
  readonly first: ReadPlaylist;
  /** As it is now, or `unchanged`. */
  reload(signal: AbortSignal | undefined): Promise<ReadPlaylist | 'unchanged'>;
}

export interface ReadPlaylist {
  /** What its relative addresses stand against. */
  readonly base: string;
  readonly playlist: MediaPlaylist;
}

/** Opens a media playlist, or the best variant of a master playlist. */
export async function openPlaylist(
  address: string,
  fetcher: Fetcher,
  signal: AbortSignal | undefined,
): Promise<PlaylistSource> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address) && !isRemote(address)) throw notPlaylist(address);
  const uri = isRemote(address) ? address : path.resolve(address);
  const loaded = await loadFirst(uri, fetcher, signal);
  const parsed = parsePlaylist(loaded.text, loaded.uri);
  if (parsed.kind === 'media') return sourceOf(uri, true, true, loaded, parsed, fetcher);
  const variant = bestVariant(parsed, loaded.uri);
  const variantUri = resolveUri(variant.uri, loaded.uri);
  const inner = await loadFirst(variantUri, fetcher, signal);
  const media = parsePlaylist(inner.text, inner.uri);
  if (media.kind === 'master') throw notPlaylist(variantUri);
  return sourceOf(variantUri, variant.hasVideo, variant.hasAudio, inner, media, fetcher);
}

async function loadFirst(uri: string, fetcher: Fetcher, signal: AbortSignal | undefined): Promise<LoadedPlaylist> {
  const loaded = await loadPlaylist(uri, fetcher, undefined, signal);
  if (loaded === 'unchanged') throw notPlaylist(uri);
  return loaded;
}

function sourceOf(
  uri: string,
  hasVideo: boolean,
  hasAudio: boolean,
  loaded: LoadedPlaylist,
  playlist: MediaPlaylist,
  fetcher: Fetcher,
): PlaylistSource {
  let validators: Validators = loaded.validators;
  return {
    uri,
    hasVideo,
    hasAudio,
    first: { base: loaded.uri, playlist },
    reload: async (signal) => {
      const again = await loadPlaylist(uri, fetcher, validators, signal);
      if (again === 'unchanged') return again;
      const parsed = parsePlaylist(again.text, again.uri);
      if (parsed.kind === 'master') throw notPlaylist(uri);
      validators = again.validators;
      return { base: again.uri, playlist: parsed };
    },
  };
}
