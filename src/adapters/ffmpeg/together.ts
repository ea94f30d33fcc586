/**
 * Runs two works side by side. The first that fails calls the other off by its signal, and both have ended when this
 * rejects with the reason.
 */
export async function together<A, B>(
  outer: AbortSignal | undefined,
  one: (signal: AbortSignal) => Promise<A>,
  other: (signal: AbortSignal) => Promise<B>,
): Promise<readonly [A, B]> {
  const controller = new AbortController();
  const signal = outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]);
  const reasons: unknown[] = [];
  const noted = (reason: unknown): never => {
    reasons.push(reason);
    controller.abort();
    throw reason;
  };
  const works = [one(signal).catch(noted), other(signal).catch(noted)] as const;
  await Promise.allSettled(works);
  if (reasons.length > 0) throw reasons[0];
  return Promise.all(works);
}
