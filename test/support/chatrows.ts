import { madeChat, madeZeroMs } from './madechat.ts';

/** A line of chat: milliseconds from the broadcast's zero, author and text. */
export interface ChatRow {
  readonly ms: number;
  readonly user: string;
  readonly text: string;
}

/** Quiet talk with a burst of ten seconds at each multiple of 200 s, about two messages a second. */
export function chatRows(seconds: number): ChatRow[] {
  const shape = { seed: 7, streamId: 'made', seconds, messagesPerSecond: 2, burstEverySec: 200 };
  return madeChat(shape).flatMap(({ chat, atMs }) =>
    chat === null ? [] : [{ ms: atMs - madeZeroMs, user: chat.userId, text: chat.text }],
  );
}

export const tsvLine = ({ ms, user, text }: ChatRow): string => `${ms}\t${user}\t${text}`;

/** A raw IRC line with Twitch's tags, `ms` after `zeroMs`. */
export function ircLine({ ms, user, text }: ChatRow, zeroMs: number): string {
  const tags = `@display-name=${user};room-id=1;tmi-sent-ts=${zeroMs + ms};user-id=${user}`;
  return `${tags} :${user}!${user}@${user}.tmi.twitch.tv PRIVMSG #made :${text}`;
}

/** An object of chat-downloader. */
export const downloadedItem = ({ ms, user, text }: ChatRow, index: number) => ({
  message_id: `m${index}`,
  message: text,
  message_type: 'text_message',
  time_in_seconds: ms / 1_000,
  author: { id: user, name: user },
});
