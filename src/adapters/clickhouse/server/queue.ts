import { SqlException } from './refusal.ts';

/**
 * Lets a few queries run at a time and the next ones wait: each holds one of Node's few threads for as long as it runs,
 * and the files and the log of the same process need theirs.
 */
export function queryQueue(running: number, waiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = running;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve));
    else
      throw new SqlException(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many simultaneous queries. Try again later.');
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
