import { open } from 'node:fs/promises';
import { topLevelBoxes } from '../../domain/mp4/boxes.ts';
import { readerOf } from './moviefile.ts';

/**
 * Whether ffmpeg gives frames their right times after it sought in this source: in one file, but not in a fragmented MP4
 * (ISO/IEC 14496-12: a `moof` box before any `mdat`), whose edit lists it forgets then.
 */
export async function canSeek(paths: readonly string[]): Promise<boolean> {
  const [path] = paths;
  return path !== undefined && paths.length === 1 && !(await isFragmented(path));
}

async function isFragmented(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    for await (const { type } of topLevelBoxes(size, readerOf(file))) {
      if (type === 'mdat') return false;
      if (type === 'moof') return true;
    }
    return false;
  } finally {
    await file.close();
  }
}
