import { plain } from '../../domain/mp4/boxes.ts';
import type { Sample, Track } from '../../domain/mp4/track.ts';
import { framesOf } from './frames.ts';
import { readMovie } from './moviefile.ts';
import { fileUri } from './source.ts';
import {
  afterSec,
  extentOf,
  type SourceTrack,
  type SourceWindow,
  type TrackBytes,
  type WindowRequest,
} from './window.ts';

/** So much earlier than the span a key frame is looked for at each try, in seconds. */
const leads = [1, 12, Number.POSITIVE_INFINITY];
/** Sound is read from so much before the first picture. */
const soundLeadSec = 1;
const codecs: Readonly<Record<string, string>> = { avc1: 'h264', avc3: 'h264', hvc1: 'hevc', hev1: 'hevc' };

/**
 * Reads from the tables of an ordinary MP4 which frames there are, in a few milliseconds, where ffprobe takes two runs;
 * undefined for any other source.
 */
export async function tableWindow(request: WindowRequest): Promise<SourceWindow | undefined> {
  const [path, ...more] = request.run.paths;
  if (path === undefined || more.length > 0) return undefined;
  return readMovie(path, (tracks) => windowIn(tracks, path, request));
}

function windowIn(tracks: readonly Track[], path: string, { run, startMs, endMs }: WindowRequest): SourceWindow {
  const [video, ...others] = tracks.filter(({ kind }) => kind === 'video');
  plain(video !== undefined && others.length === 0, 'it has not exactly one picture track');
  const baseSec = baseOf(video);
  const toSource = (archiveMs: number): number => baseSec + (archiveMs - run.startMs) / 1000;
  const [startSec, endSec] = [toSource(startMs), toSource(endMs)];
  const pictures = picturesAround(video, startSec, endSec);
  const frames = framesOf(pictures);
  plain(frames.length > 0, 'it has no picture there');
  const sound = soundAround(tracks, (frames[0]?.pts ?? startSec) - soundLeadSec, endSec);
  return {
    uri: fileUri(path),
    video: { ...infoOf(video), codec: codecs[video.description.format] ?? '' },
    audio: sound && { ...infoOf(sound.track), codec: 'aac' },
    baseSec,
    startSec,
    endSec,
    sound: sound && extentOf(sound.samples),
    frames,
    sought: true,
    bytes: { path, video: bytesOf(video, pictures), audio: sound && bytesOf(sound.track, sound.samples) },
  };
}

/** Time of the first picture: where the edit begins, or ffmpeg moves all of them so that it does. */
function baseOf(video: Track): number {
  plain(codecs[video.description.format] !== undefined, 'its pictures are coded in another way');
  let baseSec = Number.POSITIVE_INFINITY;
  for (const { pts, dts, discard } of video.samples()) {
    plain(!discard, 'pictures are hidden');
    baseSec = Math.min(baseSec, pts);
    if (dts > baseSec) break;
  }
  plain(!video.edit.stated || baseSec === video.edit.empty / video.timescale, 'its edit begins between two pictures');
  return baseSec;
}

/** From a key frame before the span on, for which it looks back further and further. */
function picturesAround(video: Track, startSec: number, endSec: number): Sample[] {
  let around: Sample[] = [];
  for (const lead of leads) {
    around = [];
    for (const sample of video.samples(startSec - lead)) {
      plain(!sample.discard, 'pictures are hidden');
      if (sample.dts > endSec + afterSec) break;
      around.push(sample);
    }
    if (around.some(({ key, pts }) => key && pts <= startSec)) break;
  }
  return around;
}

/** The first sound track with something to hear there. */
function soundAround(tracks: readonly Track[], fromSec: number, endSec: number) {
  for (const track of tracks.filter(({ kind }) => kind === 'audio')) {
    plain(isPlainSound(track), 'its sound is coded in another way');
    const samples: Sample[] = [];
    for (const sample of track.samples(fromSec)) {
      if (sample.pts > endSec + afterSec) break;
      if (sample.pts + sample.duration >= fromSec && !sample.discard) samples.push(sample);
    }
    if (samples.length > 0) return { track, samples };
  }
  return undefined;
}

/** AAC-LC whose packets count in samples. Other profiles play at another rate than their header says. */
function isPlainSound({ description: { format, config, sampleRate }, timescale }: Track): boolean {
  if (format !== 'mp4a' || config === undefined || config.length < 2) return false;
  const [profile, replicated] = [config.readUInt8(0) >> 3, config.length >= 5 && config.readUInt8(4) >= 0x80];
  return profile === 2 && !replicated && sampleRate === timescale && sampleRate >= 32_000;
}

function infoOf({ index, timescale, rotation, description: { sampleRate } }: Track): Omit<SourceTrack, 'codec'> {
  return { index, timeBase: `1/${timescale}`, sampleRate, rotation };
}

function bytesOf({ description: { config } }: Track, samples: readonly Sample[]): TrackBytes {
  plain(config !== undefined, 'its decoder is told nothing');
  return { config, samples };
}
