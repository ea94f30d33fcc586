/** Blocks of the ustar format (POSIX.1-1988), so that `tar tzf` can look into a backup. */
export const blockBytes = 512;

/** The end of an archive: two empty blocks. */
export const endOfArchive = Buffer.alloc(2 * blockBytes);

export interface Entry {
  readonly name: string;
  readonly bytes: number;
}

/** What fills the last block of an entry. */
export const paddingOf = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes;

/** The header of a plain file that only its owner may read. Names are ours: short, and in ASCII. */
export function headerOf({ name, bytes }: Entry, mtimeMs: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, 'ascii');
  header.write('0000600\0', 100, 'ascii');
  header.write('0000000\0', 108, 'ascii');
  header.write('0000000\0', 116, 'ascii');
  writeNumber(header, bytes, 124);
  writeNumber(header, Math.floor(mtimeMs / 1_000), 136);
  header.write('0', 156, 'ascii');
  header.write('ustar\0', 257, 'ascii');
  header.write('00', 263, 'ascii');
  header.write('        ', 148, 'ascii');
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
}

/** Reads a header; undefined at the end of the archive. Throws a `RangeError` for what is none. */
export function entryOf(header: Buffer): Entry | undefined {
  if (header.every((byte) => byte === 0)) return undefined;
  const plain = Buffer.from(header);
  plain.write('        ', 148, 'ascii');
  if (Number.parseInt(header.toString('ascii', 148, 154), 8) !== checksum(plain)) throw new RangeError('no header');
  const name = header.toString('ascii', 0, 100).replace(/\0.*$/s, '');
  return { name, bytes: readNumber(header, 124) };
}

/** Eleven octal digits; above 8 GiB the binary form that GNU, BSD and bsdtar read. */
function writeNumber(header: Buffer, value: number, at: number): void {
  if (value < 8 ** 11) {
    header.write(`${value.toString(8).padStart(11, '0')}\0`, at, 'ascii');
    return;
  }
  header.writeUInt8(0x80, at);
  header.writeBigUInt64BE(BigInt(value), at + 4);
}

function readNumber(header: Buffer, at: number): number {
  if (header.readUInt8(at) === 0x80) return Number(header.readBigUInt64BE(at + 4));
  return Number.parseInt(header.toString('ascii', at, at + 11), 8);
}

const checksum = (header: Buffer): number => header.reduce((sum, byte) => sum + byte, 0);
