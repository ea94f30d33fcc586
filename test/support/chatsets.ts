import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chatOf, zeroAtMs } from './chatstream.ts';

export interface MadeSet {
  readonly name: string;
  readonly category: string | null;
  readonly videos: number;
}

/** Chat answers a made moment at once; its label ends so long before. */
const answerSec = 5;

/** A folder of made chats with labels, as `cliptide eval` reads them; returns its path. */
export function chatSetIn(folder: string, { name, category, videos }: MadeSet): string {
  const path = join(folder, name);
  mkdirSync(path);
  const rule = { before_s: 10, after_s: 0 };
  writeFileSync(join(path, 'set.json'), JSON.stringify({ set: name, category, ...rule }));
  for (let i = 0; i < videos; i += 1) {
    const moments = [200, 420, 640, 900, 1300].map((second) => second + 7 * i);
    const chat = chatOf({ seconds: 1500, perSecond: 2, moments, seed: i + 1 });
    const lines = chat.map(({ atMs, chat: said }) => `${atMs - zeroAtMs}\t${said?.userId}\t${said?.text}\n`);
    writeFileSync(join(path, `v${i}.chat.tsv.gz`), gzipSync(lines.join('')));
    const labels = moments.map((second) => `${second - answerSec - 15}\t${second - answerSec}\thighlight\n`);
    writeFileSync(join(path, `v${i}.labels.tsv`), `${labels.join('')}1000\t1010\trejected\n`);
  }
  return path;
}
