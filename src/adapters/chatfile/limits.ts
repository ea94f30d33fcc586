/** A line or a JSON record longer than this is damaged; it is skipped without being held in memory. */
export const maxRecordBytes = 1024 * 1024;

/** How much of a damaged record is kept. */
export const keptRawBytes = 64 * 1024;

/** How many items a batch holds, about. */
export const batchItems = 1_000;

/**
 * How much of a file's beginning is looked at to recognise its format and encoding: also more than the 1,000 historical
 * lines that a recording of IRC may begin with.
 */
export const sniffBytes = 1024 * 1024;

const dayMs = 86_400_000;

/**
 * Offsets beyond 30 days either way are not offsets: real files hold epoch seconds there (chat-downloader, after the
 * end of a broadcast). The longest broadcasts that platforms keep are 48 hours (Twitch) and 12 hours (YouTube).
 */
export const maxOffsetMs = 30 * dayMs;

/** Clock times that a chat can have: years 2000 to 2199. What is only implausible is the scorer's to judge. */
export const clockRangeMs = { from: Date.UTC(2000, 0, 1), to: Date.UTC(2200, 0, 1) } as const;
