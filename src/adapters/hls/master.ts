import { CliptideError } from '../../domain/errors.ts';
import { attributesOf } from './attributes.ts';
import { beyond, type PlaylistLine } from './lines.ts';
import type { MasterPlaylist, Variant } from './playlist.ts';
import { resolveUri, shownUri } from './resolve.ts';

/** A platform offers a dozen, in a few languages and by a few hosts. */
const mostVariants = 1_000;

/** Reads a master playlist; I-frame playlists and variants without an address are left out. */
export function parseMaster(lines: readonly PlaylistLine[], where: string): MasterPlaylist {
  const apart = separateAudioGroups(lines);
  const variants: Variant[] = [];
  let attributes: ReadonlyMap<string, string> | undefined;
  for (const line of lines) {
    if (line.kind === 'tag' && line.name === '#EXT-X-STREAM-INF') attributes = attributesOf(line.value);
    if (line.kind !== 'uri' || attributes === undefined) continue;
    if (variants.length >= mostVariants) throw beyond(`more than ${mostVariants} variants`, where);
    variants.push(variantOf(line.uri, attributes, apart));
    attributes = undefined;
  }
  return { kind: 'master', variants };
}

/** The variant with the highest bandwidth among those with the most kinds of media in one playlist. */
export function bestVariant(master: MasterPlaylist, uri: string): Variant {
  const where = shownUri(uri);
  const rank = (variant: Variant) => Number(variant.hasVideo) * 2 + Number(variant.hasAudio);
  const [best] = master.variants.toSorted((a, b) => rank(b) - rank(a) || b.bandwidth - a.bandwidth);
  if (best === undefined) {
    const hint = 'Give the address of one of its media playlists, or fetch the playlist again.';
    throw new CliptideError('input', `The master playlist lists no variant: ${where}`, { where, hint });
  }
  return best;
}

/** The variant that was followed before, found again by its path; where there is none, the best one. */
export function sameVariant(master: MasterPlaylist, uri: string, before: string): Variant {
  const pathOf = (address: string) => URL.parse(address)?.pathname ?? address;
  const path = pathOf(before);
  return master.variants.find((variant) => pathOf(resolveUri(variant.uri, uri)) === path) ?? bestVariant(master, uri);
}

/** Groups whose sound is in playlists of its own. */
function separateAudioGroups(lines: readonly PlaylistLine[]): ReadonlySet<string> {
  const groups = new Set<string>();
  for (const line of lines) {
    if (line.kind !== 'tag' || line.name !== '#EXT-X-MEDIA') continue;
    const attributes = attributesOf(line.value);
    if (attributes.get('TYPE') === 'AUDIO' && attributes.has('URI')) groups.add(attributes.get('GROUP-ID') ?? '');
  }
  return groups;
}

function variantOf(uri: string, attributes: ReadonlyMap<string, string>, apart: ReadonlySet<string>): Variant {
  const codecs = attributes.get('CODECS')?.split(',') ?? [];
  const names = (pattern: RegExp) => codecs.length === 0 || codecs.some((codec) => pattern.test(codec.trim()));
  const bandwidth = Number.parseInt(attributes.get('BANDWIDTH') ?? '', 10);
  const audioGroup = attributes.get('AUDIO');
  return {
    uri,
    bandwidth: Number.isFinite(bandwidth) ? bandwidth : 0,
    hasVideo: attributes.has('RESOLUTION') || names(/^(avc|hvc|hev|dv|av01|vp\d|mp4v)/i),
    hasAudio: names(/^(mp4a|ac-|ec-|opus|flac|mp3)/i) && !(audioGroup !== undefined && apart.has(audioGroup)),
  };
}
