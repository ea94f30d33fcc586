import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openCacheCatalog } from '../../../src/adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { openWorkFolder } from '../../../src/cli/node/workfolder.ts';
import { CatalogProcess } from '../../support/catalogprocess.ts';
import { cacheWorld } from '../../support/mediacaches.ts';

it('leaves what other processes are making, and removes what dead ones and earlier versions left', async () => {
  await using world = await cacheWorld();
  const { root, catalogPath } = world;
  await using other = await CatalogProcess.start(catalogPath);
  const work = path.join(root, 'work');
  await mkdir(path.join(work, other.owner), { recursive: true });
  await writeFile(path.join(work, other.owner, 'clip.mp4'), 'half');
  await writeFile(path.join(work, 'earlier.mp4'), 'half');
  const catalog = await openCacheCatalog({ path: catalogPath, clock: systemClock });
  const own = await openWorkFolder(root, catalog);
  await access(path.join(work, other.owner, 'clip.mp4'));
  expect((await readdir(work)).sort()).toEqual([other.owner, path.basename(own)].sort());
  await other.kill();
  await openWorkFolder(root, catalog);
  expect(await readdir(work)).toEqual([path.basename(own)]);
  await catalog.close();
});
