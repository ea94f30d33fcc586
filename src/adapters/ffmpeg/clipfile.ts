import type { Track } from '../../domain/mp4/track.ts';
import { type Packet, probe, toTheEnd } from './ffprobe.ts';
import { readMovie } from './moviefile.ts';
import { fileUri } from './source.ts';
import type { Bounds, Tools } from './tools.ts';
import type { TrackBytes } from './window.ts';

/** A track of a clip that was written. */
export interface ClipTrack {
  readonly kind: 'video' | 'audio' | 'other';
  readonly rotation: number;
  readonly packets: readonly Packet[];
  /** Undefined where it is not known in which bytes they lie. */
  readonly bytes: TrackBytes | undefined;
}

/** Reads which packets a clip holds: from its own tables, or by ffprobe where these are unusual. */
export async function readClip(tools: Tools, path: string, bounds: Bounds): Promise<readonly ClipTrack[]> {
  return (await readMovie(path, (tracks) => tracks.map(clipTrack))) ?? probedClip(tools, path, bounds);
}

function clipTrack({ kind, rotation, description: { config }, samples }: Track): ClipTrack {
  const packets = [...samples()];
  return { kind, rotation, packets, bytes: config && { config, samples: packets } };
}

async function probedClip(tools: Tools, path: string, bounds: Bounds): Promise<ClipTrack[]> {
  const packets: Packet[] = [];
  const { streams } = await probe({
    ...bounds,
    ffprobe: tools.ffprobe,
    uri: fileUri(path),
    name: path,
    intervals: `%${toTheEnd}`,
    onPacket: (packet) => packets.push(packet),
  });
  return streams.map(({ index, kind, rotation }) => ({
    kind,
    rotation,
    packets: packets.filter(({ stream }) => stream === index),
    bytes: undefined,
  }));
}
