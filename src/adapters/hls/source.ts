import path from 'node:path';
import { isRefused } from '../../domain/errors.ts';
import type { Fetcher, Validators } from '../../ports/fetcher.ts';
import { beyond, notPlaylist } from './lines.ts';
import { type LoadedPlaylist, loadPlaylist } from './load.ts';
import { bestVariant, sameVariant, soundOf } from './master.ts';
import { parsePlaylist } from './parse.ts';
import type { MediaPlaylist } from './playlist.ts';
import { isRemote, resolveUri, shownUri } from './resolve.ts';

/** A media playlist that can be read again and again. */
export interface PlaylistSource {
  /** Its absolute address. */
  readonly uri: string;
  /** The address that it was opened by, if that is another: a master playlist's. */
  readonly address: string | null;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  /** Address of a playlist that has its sound alone, if there is one. */
  readonly sound: string | null;
  /** As it was when the source was opened. */
  readonly first: ReadPlaylist;
  /** As it is now, or `unchanged`. An address that is refused is looked up again in the master playlist. */
  reload(signal: AbortSignal | undefined): Promise<ReadPlaylist | 'unchanged'>;
}

export interface ReadPlaylist {
  /** What its relative addresses stand against. */
  readonly base: string;
  readonly playlist: MediaPlaylist;
}

/** A media playlist as it was opened. */
interface OpenedPlaylist {
  readonly uri: string;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly sound: string | null;
  readonly loaded: LoadedPlaylist;
  readonly playlist: MediaPlaylist;
}

/** Which variant of a master playlist is wanted. */
export interface VariantWish {
  /** Address of the one that was followed before; it is found again by its path. */
  readonly before?: string;
  /** The best one that has no more, else the smallest. */
  readonly mostBitsPerSecond?: number;
}

/** Opens a media playlist, or a variant of a master playlist. */
export async function openPlaylist(
  given: string,
  fetcher: Fetcher,
  signal: AbortSignal | undefined,
  wish: VariantWish = {},
): Promise<PlaylistSource> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(given) && !isRemote(given)) throw notPlaylist(given);
  const address = isRemote(given) ? given : path.resolve(given);
  const opened = await openAt(address, fetcher, signal, wish);
  const { uri, hasVideo, hasAudio, sound } = opened;
  const first = { base: opened.loaded.uri, playlist: opened.playlist };
  const reload = reloading(address, opened, fetcher, wish);
  return { uri, address: address === uri ? null : address, hasVideo, hasAudio, sound, first, reload };
}

async function openAt(
  uri: string,
  fetcher: Fetcher,
  signal: AbortSignal | undefined,
  { before, mostBitsPerSecond: most }: VariantWish,
): Promise<OpenedPlaylist> {
  const loaded = await loadFirst(uri, fetcher, signal);
  const parsed = parsePlaylist(loaded.text, loaded.uri);
  if (parsed.kind === 'media') return { uri, hasVideo: true, hasAudio: true, sound: null, loaded, playlist: parsed };
  const base = loaded.uri;
  const variant = before === undefined ? bestVariant(parsed, base, most) : sameVariant(parsed, base, before, most);
  const variantUri = resolveUri(variant.uri, loaded.uri);
  const inner = await loadFirst(variantUri, fetcher, signal);
  const playlist = parsePlaylist(inner.text, inner.uri);
  if (playlist.kind === 'master') throw beyond('another master playlist as its variant', shownUri(uri));
  const { hasVideo, hasAudio } = variant;
  const soundUri = soundOf(parsed, variant);
  const sound = soundUri === null ? null : resolveUri(soundUri, loaded.uri);
  return { uri: variantUri, hasVideo, hasAudio, sound, loaded: inner, playlist };
}

async function loadFirst(uri: string, fetcher: Fetcher, signal: AbortSignal | undefined): Promise<LoadedPlaylist> {
  const loaded = await loadPlaylist(uri, fetcher, undefined, signal);
  if (loaded === 'unchanged') throw notPlaylist(uri);
  return loaded;
}

/** An address that is refused, since its token has expired, is asked for anew by the one that was given. */
function reloading(
  address: string,
  opened: OpenedPlaylist,
  fetcher: Fetcher,
  wish: VariantWish,
): PlaylistSource['reload'] {
  let { uri } = opened;
  let validators: Validators = opened.loaded.validators;
  const again = async (signal: AbortSignal | undefined): Promise<ReadPlaylist | 'unchanged'> => {
    const loaded = await loadPlaylist(uri, fetcher, validators, signal);
    if (loaded === 'unchanged') return loaded;
    const playlist = parsePlaylist(loaded.text, loaded.uri);
    if (playlist.kind === 'master') throw notPlaylist(uri);
    validators = loaded.validators;
    return { base: loaded.uri, playlist };
  };
  return async (signal) => {
    try {
      return await again(signal);
    } catch (error) {
      if (!isRefused(error) || address === uri) throw error;
      const { loaded, playlist, uri: anew } = await openAt(address, fetcher, signal, { ...wish, before: uri });
      uri = anew;
      validators = loaded.validators;
      return { base: loaded.uri, playlist };
    }
  };
}
