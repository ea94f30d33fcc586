import { probedWindow } from './probedwindow.ts';
import { tableWindow } from './tablewindow.ts';
import type { SourceWindow, WindowRequest } from './window.ts';

/** Reads which frames there are. Rejects with `media` where there is no picture. */
export async function sourceWindow(request: WindowRequest): Promise<SourceWindow> {
  return (await tableWindow(request)) ?? (await probedWindow(request));
}
