import { arrayOf, firstText, isObject, type JsonObject, objectAt, textOf } from './json.ts';
import { badgeOfTitle, rolesOf } from './roles.ts';

/** A text of YouTube as people see it, and the names of the channel's own emoji in it. */
export interface RunsText {
  readonly text: string;
  readonly emotes: readonly string[];
}

/**
 * A YouTube text: `simpleText`, `content` (view models), or `runs` of texts and emoji. A standard emoji has the
 * character as its id; one of the channel's own is written by its first shortcut, such as `:_wave:`.
 */
export function runsText(value: unknown): RunsText {
  const simple = firstText(objectAt(value)?.simpleText, objectAt(value)?.content);
  if (simple !== '') return { text: simple, emotes: [] };
  const emotes: string[] = [];
  let text = '';
  for (const run of arrayOf(objectAt(value)?.runs)) {
    if (!isObject(run)) continue;
    const emoji = objectAt(run, 'emoji');
    if (emoji === undefined) {
      text += textOf(run.text);
      continue;
    }
    const shortcut = textOf(arrayOf(emoji.shortcuts)[0]);
    const custom = emoji.isCustomEmoji === true;
    const name = custom ? shortcut : firstText(emoji.emojiId, shortcut);
    if (custom && name !== '') emotes.push(name);
    text += name === '' ? textOf(objectAt(emoji, 'image', 'accessibility', 'accessibilityData')?.label) : name;
  }
  return { text: text.toWellFormed(), emotes };
}

/** Roles by an author's badges: an icon for the owner and moderators, a picture of the channel's own for members. */
export function youtubeRoles(renderer: JsonObject): readonly string[] {
  const badges = arrayOf(renderer.authorBadges).map((badge) => {
    const shown = objectAt(badge, 'liveChatAuthorBadgeRenderer');
    const icon = textOf(objectAt(shown, 'icon')?.iconType);
    if (icon !== '') return icon;
    return shown?.customThumbnail === undefined ? badgeOfTitle(textOf(shown?.tooltip)) : 'member';
  });
  return rolesOf(badges, runsText(renderer.authorName).text);
}

/** The author's channel id, else the name. */
export function youtubeUser(renderer: JsonObject): string {
  return firstText(renderer.authorExternalChannelId, runsText(renderer.authorName).text);
}
