import { FragmentTimes } from '../../../domain/mp4/fragments.ts';
import type { Boxes } from './boxes.ts';
import type { ByteWindow } from './window.ts';

/** Tables that are larger are not looked at. */
const mostBytes = 4 * 1024 * 1024;

/**
 * How long the fragments of a segment last, in milliseconds, by the initialisation section in front of it or its own;
 * undefined where they do not tell.
 */
export async function fragmentsMs(window: ByteWindow, { tables }: Boxes): Promise<number | undefined> {
  const init = await initFor(window, tables);
  if (init === undefined) return undefined;
  const times = new FragmentTimes(init);
  for (const { type, offset, length } of tables) {
    if (type !== 'moof') continue;
    if (length > mostBytes) return undefined;
    times.add(await window.read(offset, length));
  }
  return times.heldMs;
}

async function initFor(window: ByteWindow, tables: Boxes['tables']): Promise<Buffer | undefined> {
  const own = tables.find(({ type }) => type === 'moov');
  if (own !== undefined) return own.length > mostBytes ? undefined : window.read(own.offset, own.length);
  if (window.from === 0 || window.from > mostBytes) return undefined;
  return window.read(0, window.from);
}
