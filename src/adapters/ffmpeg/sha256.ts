import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Large blocks, always in the same buffer: small new ones take twice the time. */
const blockBytes = 4 * 1024 * 1024;

/** SHA-256 of a file, hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(blockBytes);
  await using file = await open(path, 'r');
  for (;;) {
    const { bytesRead } = await file.read(block, 0, blockBytes);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(block.subarray(0, bytesRead));
  }
}
