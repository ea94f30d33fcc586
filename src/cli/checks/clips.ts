import type { Config } from '../../config/config.ts';
import { clipsFolder, keepsClipsApart, shareClips } from '../node/clipstore.ts';
import { type Finding, ok, warn } from './finding.ts';

/** The folder of the clips, where they are in one: all processes of a cluster have to find it. */
export function checkClips(config: Pick<Config, 'cluster' | 'clips' | 'data'>): Finding[] {
  if (config.clips.s3 !== undefined) return [];
  const folder = clipsFolder(config, config.data.dir);
  if (!keepsClipsApart(config)) return [ok('clips', folder)];
  return [warn('clips', `${folder}, where no other process of the cluster finds them`, shareClips)];
}
