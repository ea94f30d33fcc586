import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { ffmpegRenderer } from '../../../src/adapters/ffmpeg/renderer.ts';
import { filePart, plan } from '../../support/mediaparts.ts';
import { runChild } from '../child.ts';
import { type Figure, medianDurations, seconds, times } from '../figure.ts';

const [fromSec, lastsSec] = [41.3, 30];

/** A clip of 30 s of 1080p30, probed and with its poster, against ffmpeg alone with the same codec settings. */
export const render: Figure = {
  name: 'render',
  measure: async (folder) => {
    const [ffmpeg, ffprobe] = await Promise.all([
      locateTool('ffmpeg', process.env.CLIPTIDE_FFMPEG),
      locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE),
    ]);
    const vod = join(folder, 'vod.mp4');
    const bare = (args: readonly string[]) => runChild(ffmpeg.path, ['-v', 'error', '-nostdin', '-y', ...args], folder);
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1920x1080:rate=30', '-f', 'lavfi', '-i', 'sine=frequency=300'];
    const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '6M', '-g', '60', '-pix_fmt', 'yuv420p'];
    await bare([...picture, ...codecs, '-c:a', 'aac', '-t', '90', vod]);
    const renderer = ffmpegRenderer({ ffmpeg: ffmpeg.path, ffprobe: ffprobe.path });
    const edit = (preset: 'copy' | 'source') => async (): Promise<void> => {
      const output = await mkdtemp(join(folder, `${preset}-`));
      const span = plan(preset, fromSec * 1000, (fromSec + lastsSec) * 1000);
      await renderer.render({ plan: span, parts: [filePart(vod, 90_000)], folder: output, deadlineMs: 600_000 });
    };
    const cut = ['-ss', String(fromSec), '-i', vod, '-t', String(lastsSec)];
    const encode = [
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-crf',
      '19',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-b:a',
      '160k',
    ];
    const baselines = { source: encode, copy: ['-c', 'copy'] };
    const rows = [];
    for (const preset of ['source', 'copy'] as const) {
      const ffmpegAlone = () => bare([...cut, ...baselines[preset], join(folder, 'bare.mp4')]);
      const [alone, ours] = await medianDurations(ffmpegAlone, edit(preset));
      rows.push({
        what: `30 s clip of 1080p30, preset \`${preset}\`, with poster and checks`,
        value: seconds(ours),
        baseline: `bare ffmpeg ${ffmpeg.version}: ${seconds(alone)}`,
        ratio: times(ours, alone),
        aim: 'within 1.5×',
      });
    }
    return rows;
  },
};
