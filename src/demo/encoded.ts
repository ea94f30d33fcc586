import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import { segmentName } from './encoder.ts';

const LOOK_EVERY_MS = 50;

/** Yields how many segments from the first are whole in the folder, each time that there are more, up to `count`. */
export async function* encodedSegments(
  folder: string,
  count: number,
  time: Clock,
  signal: AbortSignal,
): AsyncGenerator<number> {
  let ready = 0;
  while (ready < count) {
    const before = ready;
    while (ready < count && (await isThere(join(folder, segmentName(ready))))) ready++;
    if (ready > before) yield ready;
    else await time.sleep(LOOK_EVERY_MS, signal);
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
