import { join } from 'node:path';
import type { DemoBroadcast } from '../../demo/broadcast.ts';
import type { RenderedClip } from '../../domain/records.gen.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import type { PipelineNode } from '../node/node.ts';
import { readTopic, watchTopic } from '../node/watch.ts';
import { clockName } from '../recording/cliprow.ts';
import { publish } from '../recording/outputs.ts';

/** What `demo --json` prints of a clip. Seconds of the broadcast; bytes of segments only. */
export interface DemoClip {
  readonly highlightId: string;
  /** The planted moment, or the highlight's own start where none was planted. */
  readonly momentSec: number;
  readonly detectedSec: number;
  readonly onDiskSec: number;
  /** Absolute path. */
  readonly file: string;
  readonly bytesFetched: number;
  readonly bytesNeeded: number;
}

/** Chat answers a moment within this many seconds. */
const answerSec = 60;

/** Takes note of when highlights are detected and clips are on disk, by the broadcast's clock. */
export class DemoClips {
  readonly clips: DemoClip[] = [];
  private readonly detectedSec = new Map<string, number>();
  private readonly demo: DemoBroadcast;
  private readonly node: PipelineNode;
  private readonly broadcast: Broadcast;
  private readonly folder: string;

  constructor(demo: DemoBroadcast, node: PipelineNode, broadcast: Broadcast, folder: string) {
    this.demo = demo;
    this.node = node;
    this.broadcast = broadcast;
    this.folder = folder;
  }

  async watchHighlights(signal: AbortSignal, onHighlight: (line: string) => void): Promise<void> {
    const { channelId, zeroAtMs } = this.broadcast;
    for await (const highlight of watchTopic(this.node.deps, 'highlights.detected', channelId, signal)) {
      const nowSec = this.demo.onAirSec();
      this.detectedSec.set(highlight.highlightId, nowSec);
      const sec = (ms: number): number => (ms - zeroAtMs) / 1_000;
      const at = clock(this.momentOf(sec(highlight.peakMs), sec(highlight.startMs)));
      const said = highlight.terms.map((term) => term.text).join(' ');
      onHighlight(`${clock(nowSec)}  the moment of ${at} is found, score ${highlight.score.toFixed(2)}: ${said}`);
    }
  }

  async watchClips(signal: AbortSignal, onClip: (clip: DemoClip, rendered: RenderedClip) => Promise<void>) {
    for await (const rendered of watchTopic(this.node.deps, 'clips.rendered', this.broadcast.channelId, signal)) {
      if (rendered.outcome !== 'done') continue;
      const clip = await this.take(rendered);
      this.clips.push(clip);
      await onClip(clip, rendered);
    }
  }

  private async take(rendered: RenderedClip): Promise<DemoClip> {
    const { highlightId, preset } = rendered;
    const sec = (ms: number): number => (ms - this.broadcast.zeroAtMs) / 1_000;
    const momentSec = this.momentOf(sec(rendered.peakMs), sec(rendered.startMs));
    const name = `${clockName(momentSec)}-${highlightId.slice(0, 8)}-${preset}`;
    await publish(await this.node.clips.open(rendered.video), this.folder, `${name}.mp4`);
    if (rendered.poster !== '') await publish(await this.node.clips.open(rendered.poster), this.folder, `${name}.jpg`);
    const onDiskSec = this.demo.onAirSec();
    const file = join(this.folder, `${name}.mp4`);
    return {
      highlightId,
      momentSec,
      detectedSec: this.detectedSec.get(highlightId) ?? onDiskSec,
      onDiskSec,
      file,
      ...(await this.bytesOf(rendered)),
    };
  }

  private momentOf(peakSec: number, startSec: number): number {
    const planted = this.demo.script.moments.find((moment) => moment <= peakSec && peakSec <= moment + answerSec);
    return planted ?? startSec;
  }

  /** Refinement's window covers the clip's span, so what it needs is what the highlight needs. */
  private async bytesOf(rendered: RenderedClip): Promise<{ bytesFetched: number; bytesNeeded: number }> {
    const refined = await readTopic(this.node.deps, 'highlights.refined', this.broadcast.channelId);
    const own = refined.find((record) => record.highlightId === rendered.highlightId);
    return {
      bytesFetched: rendered.bytesFetched + (own?.bytesFetched ?? 0),
      bytesNeeded: Math.max(rendered.bytesNeeded, own?.bytesNeeded ?? 0),
    };
  }
}

/** `mm:ss` of the broadcast. */
export function clock(sec: number): string {
  return clockName(sec).slice(3).replace('.', ':');
}
