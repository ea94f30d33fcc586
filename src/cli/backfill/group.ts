/** Consumer groups of backfills begin so: all processes that work on a run share its partitions. */
export const backfillGroup = 'backfill.';
