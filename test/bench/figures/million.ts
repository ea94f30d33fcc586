import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chances } from '../../support/chatstream.ts';
import { launch, runChild } from '../child.ts';
import { duration, type Figure, seconds, times } from '../figure.ts';

const messages = 1_000_000;
const hours = 8;
const words =
  'the stream is about some map they played again and nobody knows why it was long maybe later POG LUL'.split(' ');

/** A chat file of a long, busy broadcast through the command line, against reading its lines. */
export const million: Figure = {
  name: 'million',
  measure: async (folder) => {
    const file = join(folder, 'chat.tsv');
    await writeChat(file);
    const lines = await duration(async () => {
      for await (const line of createInterface({ input: createReadStream(file) })) line.split('\t');
    });
    const run = await runChild(process.execPath, [launch, 'score', file, '--json'], folder);
    const summary = JSON.parse(run.out.trim().split('\n').at(-1) ?? '{}') as { processed?: number };
    if (summary.processed !== messages) throw new Error(`${summary.processed} of ${messages} messages were processed`);
    return [
      {
        what: `${messages.toLocaleString('en')} chat messages over ${hours} hours, end to end (\`cliptide score\`)`,
        value: seconds(run.ms),
        baseline: `reading and splitting the same lines: ${seconds(lines)}`,
        ratio: `${times(run.ms, lines)} the time`,
        aim: 'under 30 s',
      },
      {
        what: 'its peak memory',
        value: `${Math.round(run.peakBytes / 1e6)} MB`,
        baseline: `the file: ${Math.round((await sizeOf(file)) / 1e6)} MB`,
        aim: 'under 400 MB',
      },
    ];
  },
};

async function writeChat(path: string): Promise<void> {
  const chance = chances(8);
  const file = await open(path, 'w');
  const stepMs = (hours * 3_600_000) / messages;
  for (let at = 0; at < messages; at += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      const said = Array.from(
        { length: 1 + Math.floor(chance() * 8) },
        () => words[Math.floor(chance() * words.length)],
      );
      return `${Math.round((at + index) * stepMs)}\tuser${Math.floor(chance() * 20_000)}\t${said.join(' ')}\n`;
    });
    await file.write(lines.join(''));
  }
  await file.close();
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path);
  const { size } = await file.stat();
  await file.close();
  return size;
}
