import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openOutput } from '../recording/outputs.ts';

const outputFolder = 'demo-clips';
const clipName = /^\d\d+\.\d\d\.\d\d-[0-9a-f]{8}-[a-z]+\.(mp4|jpg)$/;

/** Clears the folder of an earlier demo's clips and gives it; takes it away again where nothing came of it. */
export async function intoDemoFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = resolve(outputFolder);
  const undo = await openOutput(folder);
  try {
    const earlier = (await readdir(folder)).filter((name) => clipName.test(name));
    await Promise.all(earlier.map((name) => rm(join(folder, name), { force: true })));
    await work(folder);
  } catch (error) {
    await undo();
    throw error;
  }
}
