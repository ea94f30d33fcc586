/** When whoever waits for something gives up. */
export interface Patience {
  /** In any case. */
  readonly signal: AbortSignal;
  /** While nothing is on its way: what was asked of an origin would be asked of it again. */
  readonly untilBegun: AbortSignal;
}

/** The patience of who waits for one thing only. */
export const alone = (signal: AbortSignal): Patience => ({ signal, untilBegun: signal });

/** Results for all items, or the first error, once what had begun has ended; the rest has been called off. */
export async function together<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item, patience: Patience) => Promise<Result>,
): Promise<Result[]> {
  const failed = new AbortController();
  const patience = { signal, untilBegun: AbortSignal.any([failed.signal, signal]) };
  let failure: { readonly reason: unknown } | undefined;
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await work(item, patience);
      } catch (error) {
        failure ??= { reason: error };
        failed.abort();
        throw error;
      }
    }),
  );
  if (failure !== undefined) throw failure.reason;
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
