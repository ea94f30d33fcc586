/** The fixed facts of the made broadcast, which script, picture, sound and origin share. */
export const STREAM_ID = 'demo-broadcast';
export const CHANNEL_ID = 'demo-channel';

/** The broadcast's zero: 10 January 2026, 18:00 UTC. */
export const ZERO_AT_MS = Date.UTC(2026, 0, 10, 18);
export const DURATION_SEC = 900;

/** Seconds at which something worth a clip happens. */
export const MOMENTS = [130, 250, 430, 580, 700] as const;
/** When the raid arrives, and for how many seconds its people greet. */
export const RAID_SEC = 335;
export const RAID_LASTS_SEC = 30;
/** When the spam bots begin, and for how many seconds they go on. */
export const SPAM_SEC = 500;
export const SPAM_LASTS_SEC = 18;

/** The build-up before a moment and its echo after it have pictures of their own, with a cut at each end. */
export const BUILD_UP_SEC = 8;
export const ECHO_SEC = 12;

/** Picture: width, height and frames a second. A second is a whole number of frames. */
export const WIDTH = 320;
export const HEIGHT = 180;
export const FPS = 10;
/** Sound: samples a second, one channel. */
export const SAMPLE_RATE = 48_000;
export const SEGMENT_SEC = 2;
export const SEGMENTS = DURATION_SEC / SEGMENT_SEC;
