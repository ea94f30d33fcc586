import type { SourceEvent } from '../../ports/source.ts';
import { modeEvent } from './events.ts';
import { type JsonObject, objectAt, textOf } from './json.ts';
import { runsText } from './youtubetext.ts';

const modeOfIcon: ReadonlyMap<string, string> = new Map(
  Object.entries({
    SLOW_MODE: 'slow',
    MEMBERS_ONLY_MODE: 'subscribersOnly',
    TAB_SUBSCRIPTIONS: 'followersOnly',
  }),
);

/**
 * Changes of a chat's mode. Switching on has the mode's icon; switching off has the same one for all modes and names none:
 * it is taken for the end of the one that was switched on last.
 */
export class YoutubeModes {
  /** Modes that were switched on, each once, the latest last. */
  #on: string[] = [];

  /** The event of a `liveChatModeChangeMessageRenderer`, or why there is none. */
  changed(renderer: JsonObject): SourceEvent | string {
    const mode = modeOfIcon.get(textOf(objectAt(renderer, 'icon')?.iconType));
    if (mode === undefined) {
      const ended = this.#on.pop();
      return ended === undefined ? 'the end of a mode that is not known' : modeEvent(ended, false);
    }
    this.#on = [...this.#on.filter((other) => other !== mode), mode];
    const seconds = /\d+/.exec(runsText(renderer.subtext).text)?.[0];
    return modeEvent(mode, true, mode === 'slow' ? Number(seconds ?? 0) : 0);
  }
}
