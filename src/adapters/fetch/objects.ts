const blockBytes = 4096;

/** Space that a file takes on the disk, in whole blocks. */
export function blocksOf(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}
