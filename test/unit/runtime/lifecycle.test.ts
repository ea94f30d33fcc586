import { expect, it } from 'vitest';
import type { Logger } from '../../../src/ports/logger.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';

/** A lifecycle, what was stopped in which order, and what was logged as an error. */
function bench() {
  const stopped: string[] = [];
  const errors: unknown[] = [];
  const log = (): void => undefined;
  const logger: Logger = {
    debug: log,
    info: log,
    warn: log,
    error: (_, fields) => errors.push(fields),
    child: () => logger,
  };
  const lifecycle = new Lifecycle(logger);
  const start = (name: string, stop: () => Promise<void> = async () => undefined) =>
    lifecycle.start(name, () => ({ value: name, stop: () => stop().then(() => void stopped.push(name)) }));
  return { stopped, errors, lifecycle, start };
}

const never = (): Promise<void> => new Promise(() => undefined);

it('stops what was started last first, each when the one before it has stopped, and once', async () => {
  const { stopped, lifecycle, start } = bench();
  expect(await start('log')).toBe('log');
  await start('results', () => new Promise((resolve) => setTimeout(resolve, 5)));
  await start('stages');
  await Promise.all([lifecycle.stop(5_000), lifecycle.stop(5_000)]);
  expect(stopped).toEqual(['stages', 'results', 'log']);
});

it('stops all others when one fails, and rejects with what it failed with', async () => {
  const { stopped, errors, lifecycle, start } = bench();
  await start('log');
  await start('results', () => Promise.reject(new Error('the disk is gone')));
  await start('stages', () => Promise.reject(new Error('first of all')));
  await expect(lifecycle.stop(5_000)).rejects.toThrow('first of all');
  expect(stopped).toEqual(['log']);
  expect(errors).toEqual([
    { name: 'stages', error: 'Error: first of all' },
    { name: 'results', error: 'Error: the disk is gone' },
  ]);
});

it('does not wait beyond its deadline, and says for what it waited', async () => {
  const { stopped, lifecycle, start } = bench();
  await start('log');
  await start('results', never);
  await start('stages');
  await expect(lifecycle.stop(20)).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('results'),
  });
  expect(stopped).toEqual(['stages']);
});

it('passes on that something could not be started, and stops what was before it', async () => {
  const { stopped, lifecycle, start } = bench();
  await start('log');
  const failing = lifecycle.start('results', () => Promise.reject(new Error('in use')));
  await expect(failing).rejects.toThrow('in use');
  await lifecycle.stop(5_000);
  expect(stopped).toEqual(['log']);
});
