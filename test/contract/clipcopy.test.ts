import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openClipStore } from '../../src/adapters/embedded/clipstore.ts';
import { temporaryFolder } from '../support/embeddedlog.ts';

// A disk that stores something else than it was given.
vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof import('node:fs/promises')>()),
  copyFile: async (_: string, to: string) => writeFileSync(to, 'damaged'),
}));

it('refuses a copy that differs from the file, and keeps none under its key', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'movie'), 'movie');
  const store = await openClipStore(join(folder, 'clips'));
  await expect(store.put('clip.mp4', join(folder, 'movie'))).rejects.toMatchObject({ code: 'corrupt' });
  expect(existsSync(join(folder, 'clips', 'clip.mp4'))).toBe(false);
  rmSync(folder, { recursive: true, force: true });
});
