/** Seed of everything random in a chaos test; CHAOS_SEED repeats a run that failed. */
export const seed = Number(process.env.CHAOS_SEED ?? 20_261_123);

/** `npm run chaos` tries as often as the promises say; CI tries the same less often. */
export const isLong = process.env.CHAOS === 'long';

/** The size of a chaos test: in CI, and in `npm run chaos`. */
export const sized = <T>(short: T, long: T): T => (isLong ? long : short);
