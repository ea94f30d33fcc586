/** Results for all items, or the first error, once the rest has been called off. */
export async function together<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const failed = new AbortController();
  const any = AbortSignal.any([failed.signal, signal]);
  let failure: { readonly reason: unknown } | undefined;
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await work(item, any);
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
