import { describe, expect, it } from 'vitest';
import { together } from '../../../src/adapters/ffmpeg/together.ts';

/** A work that ends a while after it was called off. */
function endsLate(ended: string[]): (signal: AbortSignal) => Promise<never> {
  return (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () =>
        setImmediate(() => {
          ended.push('late');
          reject(new Error('called off'));
        }),
      );
    });
}

describe('two works side by side', () => {
  it('give both results', async () => {
    const works = [() => Promise.resolve(1), () => Promise.resolve('two')] as const;
    expect(await together(undefined, ...works)).toEqual([1, 'two']);
  });

  it('fail with the first reason, once both have ended', async () => {
    const ended: string[] = [];
    const failing = (): Promise<never> => Promise.reject(new Error('the reason'));
    await expect(together(undefined, endsLate(ended), failing)).rejects.toThrow('the reason');
    expect(ended).toEqual(['late']);
  });

  it('are both called off from outside', async () => {
    const ended: string[] = [];
    const controller = new AbortController();
    const works = together(controller.signal, endsLate(ended), endsLate(ended));
    controller.abort();
    await expect(works).rejects.toThrow('called off');
    expect(ended).toEqual(['late', 'late']);
  });
});
