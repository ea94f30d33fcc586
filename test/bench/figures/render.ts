import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { ffmpegRenderer } from '../../../src/adapters/ffmpeg/renderer.ts';
import { filePart, plan } from '../../support/mediaparts.ts';
import { type Figure, medianDurations, milliseconds, type Row, seconds, times } from '../figure.ts';
import { type BareTools, bareTools, encoded } from './baretools.ts';

const [fromSec, lastsSec] = [41.3, 30];
const aim = 'within 1.5×';

/** A clip of 30 s of 1080p30, checked and with its poster, against ffmpeg alone with the same codec settings. */
export const render: Figure = {
  name: 'render',
  measure: async (folder) => {
    const bare = await bareTools(folder);
    const vod = await makeVod(bare, join(folder, 'vod.mp4'));
    const renderer = ffmpegRenderer(bare);
    let go = 0;
    const edit = (preset: 'copy' | 'source') => async (): Promise<void> => {
      const output = await mkdtemp(join(folder, `${preset}-`));
      // Its poster costs more the further the peak lies from a key frame: each go has it elsewhere.
      const peakMs = (fromSec + lastsSec * ((++go * 0.618) % 1)) * 1000;
      const span = plan(preset, fromSec * 1000, (fromSec + lastsSec) * 1000, { peakMs });
      await renderer.render({ plan: span, parts: [filePart(vod, 90_000)], folder: output, deadlineMs: 600_000 });
    };
    const what = (preset: string): string => `30 s clip of 1080p30, preset \`${preset}\`, with poster and checks`;
    return [...(await encodes(bare, vod, edit('source'), what)), ...(await copies(bare, vod, edit('copy'), what))];
  },
};

type What = (preset: string) => string;

async function makeVod(bare: BareTools, vod: string): Promise<string> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1920x1080:rate=30', '-f', 'lavfi', '-i', 'sine=frequency=300'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '6M', '-g', '60', '-pix_fmt', 'yuv420p'];
  await bare.run([...picture, ...codecs, '-c:a', 'aac', '-t', '90', vod]);
  return vod;
}

async function encodes(bare: BareTools, vod: string, edit: () => Promise<void>, what: What): Promise<Row[]> {
  const codecs = [...encoded, '-c:a', 'aac', '-b:a', '160k'];
  const [alone, ours] = await medianDurations(3, () => bare.cut(vod, fromSec, lastsSec, codecs), edit);
  const baseline = `bare ffmpeg ${bare.version}: ${seconds(alone)}`;
  return [{ what: what('source'), value: seconds(ours), baseline, ratio: times(ours, alone), aim }];
}

async function copies(bare: BareTools, vod: string, edit: () => Promise<void>, what: What): Promise<Row[]> {
  const [start, alone, all, ours] = await medianDurations(
    15,
    () => bare.run(['-version']),
    () => bare.cut(vod, fromSec, lastsSec, ['-c', 'copy']),
    () => bare.copyAndCheck(vod, fromSec, lastsSec),
    edit,
  );
  const row = { what: what('copy'), value: milliseconds(ours) };
  const started = `${milliseconds(alone)}, of which ${milliseconds(start)} for starting it`;
  return [
    { ...row, baseline: `bare \`ffmpeg -c copy\`, unchecked: ${started}`, ratio: times(ours, alone), aim },
    {
      ...row,
      what: `${row.what} (the same)`,
      baseline: `bare tools doing the same: ffprobe, copy, poster, ffprobe, look: ${milliseconds(all)}`,
      ratio: times(ours, all),
    },
  ];
}
