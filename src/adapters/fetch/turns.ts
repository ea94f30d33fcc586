import { WorkQueue } from './queue.ts';

/** Fetches at once from one origin, and from all. */
const atOneOrigin = 4;
const inAll = 16;

interface Origin {
  readonly queue: WorkQueue;
  users: number;
}

/** Turns to fetch: an origin that is slow keeps those who ask it waiting, not those who ask others. */
export class Turns {
  readonly #all = new WorkQueue(inAll);
  readonly #origins = new Map<string, Origin>();

  /** `origin`: whatever tells them apart. Work may leave its place to the next before its end. */
  async run<T>(origin: string, work: (leave: () => void) => Promise<T>): Promise<T> {
    const own = this.#origins.get(origin) ?? { queue: new WorkQueue(atOneOrigin), users: 0 };
    this.#origins.set(origin, own);
    own.users += 1;
    try {
      return await own.queue.run((leave) =>
        this.#all.run((leaveAll) =>
          work(() => {
            leaveAll();
            leave();
          }),
        ),
      );
    } finally {
      own.users -= 1;
      if (own.users === 0) this.#origins.delete(origin);
    }
  }
}
