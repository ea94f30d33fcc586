import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { demoScript } from '../../src/demo/script.ts';

const run = promisify(execFile);
const segmentSec = 4;
const tickMs = 20;

/** Segments of a few seconds' picture and sound, repeated: made in no time, and each has its own time stamps. */
export async function makeSegments(ffmpeg: string, parent: string, seconds: number): Promise<string> {
  const folder = mkdtempSync(join(parent, 'segments-'));
  const quiet = ['-v', 'error', '-nostdin', '-y'];
  const inputs = ['-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=5', '-f', 'lavfi', '-i', 'sine=frequency=300'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '10', '-c:a', 'aac'];
  const once = join(folder, 'once.ts');
  await run(ffmpeg, [...quiet, ...inputs, ...codecs, '-t', '8', once]);
  const repeated = ['-stream_loop', '-1', '-i', once, '-t', String(seconds), '-c', 'copy'];
  const hls = ['-f', 'hls', '-hls_time', String(segmentSec), '-hls_list_size', '0'];
  await run(ffmpeg, [...quiet, ...repeated, ...hls, join(folder, 'list.m3u8')]);
  return folder;
}

export interface LiveBroadcastOptions {
  /** Made by `makeSegments`. */
  readonly segments: string;
  /** Where the file of events grows. */
  readonly events: string;
  readonly seconds: number;
  /** Segments that the playlist lists at most. */
  readonly window: number;
}

/**
 * The first seconds of the demo's broadcast, on air by a clock that a test starts and stops: a file of events that
 * grows and a playlist whose window slides. Moments lie at 130 s and 250 s. A stopped clock is a broadcast that waits
 * for a process that comes up much slower than the broadcast is fast; it stops by itself before something slides out of
 * the window that nobody has in its log, since who watches asks by the clock on the wall.
 */
export class LiveBroadcast implements AsyncDisposable {
  readonly script = demoScript(1);
  readonly lines: readonly string[];
  readonly url: string;
  readonly options: LiveBroadcastOptions;
  /** While it is set, the playlist is answered by this status. */
  broken: number | undefined;
  /** Requests for segments. */
  readonly asked: string[] = [];
  private readonly atSec: readonly number[];
  private readonly server: Server;
  private readonly durations: readonly number[];
  private written = 0;
  private sec = 0;
  /** The second at which the playlist was last asked for, by who watches now. */
  private askedSec: number | undefined;
  /** Up to there it is in the log of who watches, which asks again when that is done. */
  private loggedSec = 0;
  private timer: NodeJS.Timeout | undefined;

  private constructor(options: LiveBroadcastOptions, server: Server) {
    const { seconds, segments } = options;
    const { zeroAtMs, events } = this.script;
    const shown = events.filter(({ atMs, kind }) => atMs < zeroAtMs + seconds * 1_000 || kind === 'streamEnded');
    this.options = options;
    this.atSec = shown.map(({ atMs }) => Math.min((atMs - zeroAtMs) / 1_000, seconds));
    this.lines = shown.map((event, index) =>
      JSON.stringify({ ...event, atMs: zeroAtMs + (this.atSec[index] ?? 0) * 1_000 }),
    );
    const list = readFileSync(join(segments, 'list.m3u8'), 'utf8');
    this.durations = [...list.matchAll(/#EXTINF:([\d.]+)/g)].map((match) => Number(match[1]));
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live.m3u8`;
    server.on('request', (request, response) => this.answer(request.url ?? '', response));
  }

  static async open(options: LiveBroadcastOptions): Promise<LiveBroadcast> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    writeFileSync(options.events, '');
    return new LiveBroadcast(options, server);
  }

  /** Lets the clock run, so many seconds of the broadcast in one of the wall. */
  play(pace: number): void {
    this.pause();
    let before = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      const nothingIsLostSec = this.loggedSec + (this.options.window - 1) * segmentSec;
      const sec = Math.min(this.sec + ((now - before) / 1_000) * pace, nothingIsLostSec);
      this.reach(Math.max(this.sec, sec));
      before = now;
    }, tickMs);
  }

  pause(): void {
    clearInterval(this.timer);
  }

  /** Who watched is dead: what it was told last it may not have had in its log. */
  left(): void {
    this.askedSec = undefined;
  }

  /** Puts everything up to this second on air. */
  reach(sec: number): void {
    this.sec = Math.min(sec, this.options.seconds);
    const due = this.atSec.findIndex((at) => at > this.sec);
    const end = due < 0 ? this.lines.length : due;
    const lines = this.lines.slice(this.written, end);
    if (lines.length > 0) appendFileSync(this.options.events, `${lines.join('\n')}\n`);
    this.written = Math.max(this.written, end);
    if (this.isOver) this.pause();
  }

  get isOver(): boolean {
    return this.sec >= this.options.seconds;
  }

  get onAirSec(): number {
    return this.sec;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.pause();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(path: string, response: ServerResponse): void {
    if (path === '/live.m3u8') {
      if (this.broken !== undefined) {
        response.writeHead(this.broken).end();
        return;
      }
      this.loggedSec = this.askedSec ?? this.loggedSec;
      this.askedSec = this.sec;
      response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' }).end(this.playlist());
      return;
    }
    const name = path.slice(1);
    this.asked.push(name);
    if (!readdirSync(this.options.segments).includes(name)) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'video/mp2t' }).end(readFileSync(join(this.options.segments, name)));
  }

  private playlist(): string {
    const ends: number[] = [];
    for (const duration of this.durations) ends.push((ends.at(-1) ?? 0) + duration);
    const listed = this.isOver ? ends.length : ends.filter((end) => end <= this.sec).length;
    const first = Math.max(0, listed - this.options.window);
    const lines = ['#EXTM3U', `#EXT-X-TARGETDURATION:${segmentSec}`, `#EXT-X-MEDIA-SEQUENCE:${first}`];
    for (let index = first; index < listed; index += 1) {
      const at = new Date(this.script.zeroAtMs + (ends[index - 1] ?? 0) * 1_000).toISOString();
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${at}`, `#EXTINF:${this.durations[index]},`, `list${index}.ts`);
    }
    if (this.isOver) lines.push('#EXT-X-ENDLIST');
    return `${lines.join('\n')}\n`;
  }
}
