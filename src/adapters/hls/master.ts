import { CliptideError } from '../../domain/errors.ts';
import { attributesOf } from './attributes.ts';
import { beyond, type PlaylistLine } from './lines.ts';
import type { MasterPlaylist, Variant } from './playlist.ts';
import { resolveUri, shownUri } from './resolve.ts';

/** A platform offers a dozen, in a few languages and by a few hosts. */
const mostVariants = 1_000;

/** Reads a master playlist; I-frame playlists and variants without an address are left out. */
export function parseMaster(lines: readonly PlaylistLine[], where: string): MasterPlaylist {
  const sounds = soundGroups(lines);
  const variants: Variant[] = [];
  let attributes: ReadonlyMap<string, string> | undefined;
  for (const line of lines) {
    if (line.kind === 'tag' && line.name === '#EXT-X-STREAM-INF') attributes = attributesOf(line.value);
    if (line.kind !== 'uri' || attributes === undefined) continue;
    if (variants.length >= mostVariants) throw beyond(`more than ${mostVariants} variants`, where);
    variants.push(variantOf(line.uri, attributes, sounds));
    attributes = undefined;
  }
  return { kind: 'master', variants };
}

/**
 * The variant with the highest bandwidth that is allowed, else with the lowest, among those with the most kinds of media
 * in one playlist.
 */
export function bestVariant(
  master: MasterPlaylist,
  uri: string,
  mostBitsPerSecond = Number.POSITIVE_INFINITY,
): Variant {
  const where = shownUri(uri);
  const within = (variant: Variant) => Number(variant.bandwidth <= mostBitsPerSecond);
  const size = (variant: Variant) => (within(variant) === 1 ? -variant.bandwidth : variant.bandwidth);
  const rank = (variant: Variant) => Number(variant.hasVideo) * 2 + Number(variant.hasAudio);
  const [best] = master.variants.toSorted((a, b) => rank(b) - rank(a) || within(b) - within(a) || size(a) - size(b));
  if (best === undefined) {
    const hint = 'Give the address of one of its media playlists, or fetch the playlist again.';
    throw new CliptideError('input', `The master playlist lists no variant: ${where}`, { where, hint });
  }
  return best;
}

/** The variant that was followed before, found again by its path; where there is none, the best one. */
export function sameVariant(master: MasterPlaylist, uri: string, before: string, mostBitsPerSecond?: number): Variant {
  const pathOf = (address: string) => URL.parse(address)?.pathname ?? address;
  const path = pathOf(before);
  return (
    master.variants.find((variant) => pathOf(resolveUri(variant.uri, uri)) === path) ??
    bestVariant(master, uri, mostBitsPerSecond)
  );
}

/** The playlist that has a variant's sound alone, if there is one: its own, or that of a variant without picture. */
export function soundOf(master: MasterPlaylist, variant: Variant): string | null {
  if (variant.sound !== null || !variant.hasVideo) return variant.sound;
  const bare = master.variants.filter((other) => other.hasAudio && !other.hasVideo);
  return bare.toSorted((a, b) => b.bandwidth - a.bandwidth)[0]?.uri ?? null;
}

/**
 * Groups of sound with the playlist of the one to play (RFC 8216, section 4.3.4.1): the default, else the first. Null
 * where one of the group has no address, which says that it is in the variants themselves.
 */
function soundGroups(lines: readonly PlaylistLine[]): ReadonlyMap<string, string | null> {
  const groups = new Map<string, string | null>();
  for (const line of lines) {
    if (line.kind !== 'tag' || line.name !== '#EXT-X-MEDIA') continue;
    const attributes = attributesOf(line.value);
    if (attributes.get('TYPE') !== 'AUDIO') continue;
    const group = attributes.get('GROUP-ID') ?? '';
    const uri = attributes.get('URI');
    const known = groups.get(group);
    if (uri === undefined) groups.set(group, null);
    else if (known === undefined || (known !== null && attributes.get('DEFAULT') === 'YES')) groups.set(group, uri);
  }
  return groups;
}

function variantOf(
  uri: string,
  attributes: ReadonlyMap<string, string>,
  sounds: ReadonlyMap<string, string | null>,
): Variant {
  const codecs = attributes.get('CODECS')?.split(',') ?? [];
  const names = (pattern: RegExp) => codecs.length === 0 || codecs.some((codec) => pattern.test(codec.trim()));
  const bandwidth = Number.parseInt(attributes.get('BANDWIDTH') ?? '', 10);
  const sound = sounds.get(attributes.get('AUDIO') ?? '') ?? null;
  return {
    uri,
    bandwidth: Number.isFinite(bandwidth) ? bandwidth : 0,
    hasVideo: attributes.has('RESOLUTION') || names(/^(avc|hvc|hev|dv|av01|vp\d|mp4v)/i),
    hasAudio: names(/^(mp4a|ac-|ec-|opus|flac|mp3)/i) && sound === null,
    sound,
  };
}
