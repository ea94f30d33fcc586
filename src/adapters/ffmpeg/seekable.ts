import { open } from 'node:fs/promises';

const headBytes = 16;
/** More boxes than that in front of the media are not looked at. */
const mostBoxes = 64;

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
    const head = Buffer.alloc(headBytes);
    let position = 0;
    for (let box = 0; box < mostBoxes; box++) {
      const { bytesRead } = await file.read(head, 0, headBytes, position);
      const type = head.toString('latin1', 4, 8);
      if (bytesRead < headBytes || type === 'mdat' || !/^[ -~]{4}$/.test(type)) return false;
      if (type === 'moof') return true;
      const short = head.readUInt32BE(0);
      const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
      if (size < 8) return false;
      position += size;
    }
    return false;
  } finally {
    await file.close();
  }
}
