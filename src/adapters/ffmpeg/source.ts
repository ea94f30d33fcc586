import { CliptideError } from '../../domain/errors.ts';

/** Demuxers that may read an archive: no playlists, no devices, nothing that opens further addresses. */
const formats = ['mov', 'mp4', 'mpegts', 'matroska', 'webm', 'flv', 'avi', 'ogg', 'aac', 'mp3', 'wav', 'flac'];

/** Options in front of every input that is a file of ours or of the user's. */
export const localOnly: readonly string[] = [
  '-protocol_whitelist',
  'file,concat',
  '-format_whitelist',
  formats.join(','),
];

/** Address of files whose bytes follow on one another as one stream; one file can be sought in. Throws `config`. */
export function sourceUri(paths: readonly string[]): string {
  const [first] = paths;
  if (paths.length === 1 && first !== undefined) return fileUri(first);
  const torn = paths.find((path) => path.includes('|'));
  if (torn !== undefined) {
    throw new CliptideError('config', 'ffmpeg cannot read several files at once where their path holds a "|"', {
      where: torn,
      hint: 'choose another data folder, or give the folder of the recording another name',
    });
  }
  // The concat protocol separates by |, and knows no escapes.
  return `concat:${paths.map(fileUri).join('|')}`;
}

/** The prefix keeps a path with a colon from being taken for an address, and one with a dash for an option. */
export function fileUri(path: string): string {
  return `file:${path}`;
}
