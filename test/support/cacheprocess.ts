import type { ArchiveView } from '../../src/ports/mediacache.ts';
import { LineProcess } from './lineprocess.ts';

/** What a lease gave: its files, or its error. */
export interface LeaseAnswer {
  readonly paths?: readonly string[];
  readonly bytesFetched?: number;
  readonly code?: string;
  readonly message?: string;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Another process with a cache over the same folder. */
export class CacheProcess extends LineProcess {
  owner = '';

  static async start(root: string, archive: ArchiveView, maxWaitMs = 0): Promise<CacheProcess> {
    const started = new CacheProcess('./cachechild.ts', [root, JSON.stringify(archive), `${maxWaitMs}`]);
    started.owner = (await started.answer()) as string;
    return started;
  }

  lease = (fromMs: number, toMs: number) => this.ask({ fromMs, toMs }) as Promise<LeaseAnswer>;
  leases = (spans: readonly Span[]) => this.ask(spans) as Promise<LeaseAnswer[]>;
  /** Without waiting for its answer. */
  beginLease = (fromMs: number, toMs: number): void => this.tell({ fromMs, toMs });
  release = (): Promise<unknown> => this.ask({ release: true });
}
