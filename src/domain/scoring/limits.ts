/** An event more than this ahead of the broadcast's clock moves it only when others confirm the jump. */
export const jumpMs = 10 * 60_000;
/** A jump by more than this is never followed. */
export const farthestJumpMs = 7 * 24 * 3_600_000;
/** An event more than this before the broadcast's start is damaged. */
export const earliestMs = 24 * 3_600_000;
/** Of a longer silence only this much, its end, is gone through second by second. */
export const longestSilenceSec = 4 * 3600;
/**
 * Events that may wait for their turn, and characters of their texts. What is more forces the oldest out, as if the
 * watermark had passed it: above about 1,000 messages a second a broadcast's lateness bound shrinks.
 */
export const mostWaiting = 2048;
export const mostWaitingLength = 49_152;
export const defaultLatenessMs = 2000;
