import { join } from 'node:path';
import { openClipStore } from '../../adapters/embedded/clipstore.ts';
import type { S3ClipStore } from '../../adapters/s3/store.ts';
import type { Config } from '../../config/config.ts';
import type { S3Config } from '../../config/s3.ts';
import { sharesOf } from '../../domain/budgets.ts';
import type { ClipStore } from '../../ports/clipstore.ts';

/** Where the clips are that are in a folder: in the data folder unless the configuration says another place. */
export const clipsFolder = (config: Pick<Config, 'clips'>, folder: string): string =>
  config.clips.dir ?? join(folder, 'clips');

/** What to do about clips that other processes of a cluster do not find. */
export const shareClips = 'give all processes of the cluster the same clipsDir, or the same bucket (docs/cluster.md)';

/** Whether this process of a cluster would keep clips where no other finds them: in its own data folder. */
export const keepsClipsApart = ({ cluster, clips }: Pick<Config, 'cluster' | 'clips'>): boolean =>
  cluster !== undefined && clips.dir === undefined && clips.s3 === undefined;

/** Addresses of files in the configured bucket, as S3 tools take them; none where clips lie in a folder. */
export function clipAddressesOf({ clips: { s3 } }: Config): { readonly clipAddress?: (key: string) => string } {
  if (s3 === undefined) return {};
  const place = s3.prefix === '' ? s3.bucket : `${s3.bucket}/${s3.prefix}`;
  return { clipAddress: (key) => `s3://${place}/${key}` };
}

/** The configured clip store, without a budget. Who is going to write makes sure first that a bucket can be relied on. */
export async function openStore(config: Config, folder: string, use: 'read' | 'write'): Promise<ClipStore> {
  const { s3 } = config.clips;
  if (s3 === undefined) return openClipStore(clipsFolder(config, folder));
  const store = await bucketStore(s3, config, folder);
  if (use === 'write') await store.prove();
  return store;
}

/** The store in a bucket; the clips' share of the data folder is for copies that are read. */
export async function bucketStore(s3: S3Config, config: Config, folder: string): Promise<S3ClipStore> {
  const { capBytes, cacheCapBytes, freeSpaceFloorBytes: floorBytes } = config.data;
  // The SDK takes a while to load, and most have no bucket.
  const { S3ClipStore } = await import('../../adapters/s3/store.ts');
  return new S3ClipStore({
    bucket: bucketOptions(s3),
    copies: { folder: join(folder, 'copies'), capBytes: sharesOf(capBytes, cacheCapBytes).clips, floorBytes },
    linkSeconds: s3.linkSeconds,
  });
}

/** How the configuration's bucket is reached. */
export function bucketOptions({ bucket, prefix, endpoint, region, pathStyle, ca, keys }: S3Config) {
  const credentials = keys && {
    accessKeyId: keys.id,
    secretAccessKey: keys.secret.reveal(),
    ...(keys.sessionToken === undefined ? {} : { sessionToken: keys.sessionToken.reveal() }),
  };
  return {
    bucket,
    prefix,
    region,
    pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(ca === undefined ? {} : { ca }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
