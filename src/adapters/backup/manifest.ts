import { CliptideError } from '../../domain/errors.ts';

/** Version of the archive's format. */
export const archiveFormat = 1;
export const manifestName = 'manifest.json';

/** What an archive holds; its first entry. */
export interface Manifest {
  readonly format: number;
  /** Version of Cliptide that wrote it. */
  readonly cliptide: string;
  /** What it was taken of: a data folder, or the topics of a cluster. */
  readonly of: 'data folder' | 'cluster';
  readonly createdAt: string;
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Names that an archive may hold: nothing of it can land anywhere else. */
const allowed = /^(log\.db|user\.key|sql\.token|results\/[a-z_]{1,40}\.ndjson|topics\/[a-z.]{1,40}\.ndjson)$/;

/** Throws `input` for what is no manifest, `config` for one of a newer version. */
export function parseManifest(bytes: Buffer, where: string, version: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(bytes.toString('utf8')) as Manifest;
  } catch (cause) {
    throw damaged(where, 'its manifest cannot be read', cause);
  }
  if (typeof manifest.format !== 'number' || !Array.isArray(manifest.files)) {
    throw damaged(where, 'its manifest is not one of ours');
  }
  if (manifest.format > archiveFormat || isNewer(manifest.cliptide, version)) {
    throw new CliptideError('config', `the backup was written by Cliptide ${manifest.cliptide}; this is ${version}`, {
      where,
      hint: 'restore it with that version or a newer one',
    });
  }
  const strange = manifest.files.find(({ name }) => !allowed.test(name));
  if (strange !== undefined) throw damaged(where, `it holds ${JSON.stringify(strange.name)}, which no backup has`);
  return manifest;
}

export const damaged = (where: string, what: string, cause?: unknown): CliptideError =>
  new CliptideError('input', `the backup is damaged: ${what}`, {
    where,
    hint: 'take another one; nothing was restored',
    cause,
  });

function isNewer(theirs: string, ours: string): boolean {
  const [a, b] = [theirs, ours].map((version) => version.split(/[.-]/).slice(0, 3).map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
