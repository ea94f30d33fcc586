import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chatRows, ircLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-signals-'));
afterAll(() => rmSync(work, { recursive: true }));

const zeroMs = Date.UTC(2024, 4, 1);
interface Line {
  readonly ms: number;
  readonly irc: string;
  /** The same as a line of yt-dlp's live_chat.json. */
  readonly youtube: object;
}

const youtubeItem = (id: string, user: string, text: string, icon?: string): object => ({
  liveChatTextMessageRenderer: {
    id,
    authorExternalChannelId: user,
    message: { runs: [{ text }] },
    ...(icon === undefined ? {} : { authorBadges: [{ liveChatAuthorBadgeRenderer: { icon: { iconType: icon } } }] }),
  },
});

function said(ms: number, user: string, text: string, moderates = false): Line {
  const id = `${user}.${ms}`;
  const badges = moderates ? 'badges=moderator/1' : 'badges=';
  const irc = ircLine({ ms, user, text }, zeroMs).replace('@', `@${badges};id=${id};`);
  const item = youtubeItem(id, user, text, moderates ? 'MODERATOR' : undefined);
  return { ms, irc, youtube: { addChatItemAction: { item } } };
}

const banned = (ms: number, user: string): Line => ({
  ms,
  irc: `@room-id=1;target-user-id=${user};tmi-sent-ts=${zeroMs + ms} :tmi.twitch.tv CLEARCHAT #made :${user}`,
  youtube: { removeChatItemByAuthorAction: { externalChannelId: user } },
});

const deleted = (ms: number, id: string): Line => ({
  ms,
  irc: `@login=x;room-id=;target-msg-id=${id};tmi-sent-ts=${zeroMs + ms} :tmi.twitch.tv CLEARMSG #made :x`,
  youtube: { removeChatItemAction: { targetItemId: id } },
});

const chat = chatRows(190).map(({ ms, user, text }) => said(ms, user, text));
const cries = ['POGGERS', 'OMG WOW', 'hahaha', 'LETS GO'];
const wave = Array.from({ length: 80 }, (_, i) => said(120_000 + i * 50, `w${i}`, cries[i % 4] ?? ''));

/** Seconds of the highlights, by the format of the file. */
async function highlights(lines: readonly Line[]): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const ordered = [...lines].sort((a, b) => a.ms - b.ms);
  const action = ({ ms, youtube }: Line): string =>
    JSON.stringify({ replayChatItemAction: { actions: [youtube], videoOffsetTimeMsec: String(ms) } });
  writeFileSync(join(work, 'chat.irc'), `${ordered.map(({ irc }) => irc).join('\n')}\n`);
  writeFileSync(join(work, 'chat.live_chat.json'), `${ordered.map(action).join('\n')}\n`);
  const found: Record<string, readonly unknown[]> = {};
  for (const name of ['chat.irc', 'chat.live_chat.json']) {
    const { code, out } = await cliptide(['score', name, '--json'], { cwd: work });
    expect(code).toBe(0);
    expect(rowsOf(out, 'summary')).toMatchObject([{ read: lines.length, processed: lines.length, deadLettered: 0 }]);
    found[name] = rowsOf(out, 'highlight').map(({ peakSec }) => Number(peakSec));
  }
  return found;
}

const none = { 'chat.irc': [], 'chat.live_chat.json': [] };

describe('from a chat file to the score', () => {
  it('a wave of accounts is a highlight while it stands, and none when they are banned or their messages deleted', async () => {
    const standing = await highlights([...chat, ...wave]);
    for (const seconds of Object.values(standing)) expect(seconds).toEqual([expect.any(Number)]);
    const bans = wave.map(({ ms }, i) => banned(ms + 300, `w${i}`));
    expect(await highlights([...chat, ...wave, ...bans])).toEqual(none);
    const deletions = wave.map(({ ms }, i) => deleted(ms + 300, `w${i}.${ms}`));
    expect(await highlights([...chat, ...wave, ...deletions])).toEqual(none);
  });

  it("a moderator's clip command is a highlight, a viewer's is not", async () => {
    const byModerator = await highlights([...chat, said(150_500, 'mod', '!clip', true)]);
    expect(byModerator).toEqual({ 'chat.irc': [150], 'chat.live_chat.json': [150] });
    expect(await highlights([...chat, said(150_500, 'viewer', '!clip')])).toEqual(none);
  });
});
