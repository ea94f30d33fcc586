/** Records in each tool's real shape; what a test is about is given, the rest is what such files hold. */
type Fields = Readonly<Record<string, unknown>>;

export function twitchComment(
  seconds: unknown,
  body: string | null,
  fields: Fields = {},
  message: Fields = {},
): Fields {
  return {
    _id: `00000000-0000-4000-8000-${String(seconds).padStart(12, '0')}`,
    created_at: '2021-06-12T20:55:56.677Z',
    channel_id: '36769016',
    content_type: 'video',
    content_id: '1053850000',
    content_offset_seconds: seconds,
    commenter: { display_name: 'Ann', _id: '61408597', name: 'ann', bio: null, logo: null },
    message: {
      body,
      bits_spent: 0,
      fragments: [{ text: body, emoticon: null }],
      user_badges: [],
      user_color: '#FF0000',
      emoticons: [],
      ...message,
    },
    ...fields,
  };
}

/** A file of TwitchDownloader since 1.50, one line long, with images embedded behind the comments. */
export function twitchDownloaderFile(comments: readonly Fields[]): string {
  return JSON.stringify({
    FileInfo: {
      Version: { Major: 1, Minor: 4, Patch: 0 },
      CreatedAt: '2024-01-01T00:00:00Z',
      UpdatedAt: '0001-01-01T00:00:00',
    },
    streamer: { name: 'Streamer', id: 36769016 },
    video: { title: 'a "title" with [brackets] and "comments": [', id: '1', start: 0, end: 100, chapters: [] },
    comments,
    embeddedData: { thirdParty: [{ id: '1', data: 'iVBORw0KGgo='.repeat(200), name: 'KEKW' }], firstParty: [] },
  });
}

/** One of 2020: no FileInfo, emotes instead of embeddedData. */
export function oldTwitchDownloaderFile(comments: readonly Fields[]): string {
  return JSON.stringify({
    streamer: { name: 'Streamer', id: 1 },
    comments,
    video: { start: 0, end: 100 },
    emotes: null,
  });
}

/** tcd sorts keys and indents. */
export function tcdFile(comments: readonly Fields[]): string {
  return JSON.stringify({ comments, video: { user_name: 'streamer', duration: '1h0m0s' } }, undefined, 4);
}

export function textItem(id: string, text: string, fields: Fields = {}): Fields {
  const renderer = {
    message: { runs: [{ text }] },
    authorName: { simpleText: 'Bob' },
    authorExternalChannelId: 'UCbob',
    id,
    timestampUsec: '1600376423492564',
    ...fields,
  };
  return { liveChatTextMessageRenderer: renderer };
}

export function paidItem(id: string, amount: string, fields: Fields = {}): Fields {
  const renderer = {
    id,
    timestampUsec: '1600376423492564',
    authorName: { simpleText: 'Cy' },
    authorExternalChannelId: 'UCcy',
    purchaseAmountText: { simpleText: amount },
    ...fields,
  };
  return { liveChatPaidMessageRenderer: renderer };
}

export function added(item: Fields): Fields {
  return { clickTrackingParams: 'CAEQl98B', addChatItemAction: { item, clientId: 'c' } };
}

/** A line of a replay; the offset is text. */
export function replayLine(offset: string | undefined, ...actions: readonly Fields[]): string {
  const offsets = offset === undefined ? {} : { videoOffsetTimeMsec: offset };
  return JSON.stringify({ clickTrackingParams: 'CAAQ', replayChatItemAction: { actions, ...offsets } });
}

export function liveLine(offset: string, ...actions: readonly Fields[]): string {
  return JSON.stringify({ replayChatItemAction: { actions }, videoOffsetTimeMsec: offset, isLive: true });
}

/** chat-downloader of 2020. */
export function oldDownloaded(seconds: unknown, message: string | null, fields: Fields = {}): Fields {
  return {
    author: 'Dee',
    author_id: 'UCdee',
    message,
    time_in_seconds: seconds,
    time_text: '0:02',
    timestamp: 1597516926528738,
    ...fields,
  };
}

/** chat-downloader since 0.1. */
export function newDownloaded(seconds: unknown, message: string | null, fields: Fields = {}): Fields {
  return {
    action_type: 'add_chat_item',
    author: { id: 'UCdee', name: 'Dee', badges: [{ title: 'Moderator', icon_name: 'moderator' }] },
    message,
    message_id: `m${String(seconds)}`,
    message_type: 'text_message',
    time_in_seconds: seconds,
    time_text: '0:02',
    timestamp: 1597516926528738,
    ...fields,
  };
}

export const ircStart = 1_727_304_317_562;

/** A tagged line; `tags` overrides or adds (an empty value stays as an empty tag). */
export function ircLine(
  command: string,
  trailing: string | undefined,
  tags: Readonly<Record<string, string>> = {},
): string {
  const all = {
    'badge-info': '',
    badges: '',
    'display-name': 'Eve',
    emotes: '',
    'room-id': '11148817',
    'tmi-sent-ts': String(ircStart),
    'user-id': '612865661',
    ...tags,
  };
  const written = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  const from = command === 'PRIVMSG' ? 'eve!eve@eve.tmi.twitch.tv' : 'tmi.twitch.tv';
  return `@${written.join(';')} :${from} ${command} #pajlada${trailing === undefined ? '' : ` :${trailing}`}`;
}

export function nativeChat(atMs: number, text: string, fields: Fields = {}): Fields {
  return { kind: 'chat', atMs, chat: { userId: 'u1', text }, ...fields };
}

/** Lines, each with its newline. */
export function lines(...records: readonly (string | Fields)[]): string {
  return records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join('');
}
