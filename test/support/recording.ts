import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { demoScript } from '../../src/demo/script.ts';

const run = promisify(execFile);

/** Where the parts of a made recording lie. */
export interface MadeRecording {
  /** Events of the demo's script as Cliptide's own NDJSON, from the broadcast's start to its end. */
  readonly events: string;
  readonly video: string;
  /** The same picture and sound as an HLS playlist with date-times, ended. */
  readonly playlist: string;
}

/**
 * The first seconds of the demo's broadcast as files, with a test picture instead of its own, which takes longer to
 * make. Moments lie at 130 s and 250 s.
 */
export async function makeRecording(ffmpeg: string, folder: string, durationSec: number): Promise<MadeRecording> {
  const script = demoScript(1);
  const endMs = script.zeroAtMs + durationSec * 1000;
  const events = script.events
    .filter(({ atMs, kind }) => atMs < endMs || kind === 'streamEnded')
    .map((event) => ({ ...event, atMs: Math.min(event.atMs, endMs) }));
  const made = {
    events: join(folder, 'events.ndjson'),
    video: join(folder, 'video.mp4'),
    playlist: join(folder, 'archive.m3u8'),
  };
  await writeFile(made.events, `${events.map((event) => JSON.stringify(event)).join('\n')}\n`);
  const seconds = String(durationSec);
  const inputs = ['-f', 'lavfi', '-i', 'testsrc=size=160x90:rate=5', '-f', 'lavfi', '-i', 'sine=frequency=300'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '10', '-c:a', 'aac'];
  const quiet = ['-v', 'error', '-nostdin', '-y'];
  await run(ffmpeg, [...quiet, ...inputs, ...codecs, '-t', seconds, made.video]);
  const hls = ['-c', 'copy', '-f', 'hls', '-hls_time', '4', '-hls_playlist_type', 'vod'];
  await run(ffmpeg, [...quiet, '-i', made.video, ...hls, made.playlist]);
  const zero = `#EXT-X-PROGRAM-DATE-TIME:${new Date(script.zeroAtMs).toISOString()}\n`;
  const playlist = await readFile(made.playlist, 'utf8');
  await writeFile(made.playlist, playlist.replace('#EXTINF', `${zero}#EXTINF`));
  return made;
}
