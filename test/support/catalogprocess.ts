import type { Claim, Victims } from '../../src/ports/cachecatalog.ts';
import { LineProcess } from './lineprocess.ts';

/** Another process that is an owner of a catalog. */
export class CatalogProcess extends LineProcess {
  owner = '';

  static async start(path: string): Promise<CatalogProcess> {
    const started = new CatalogProcess('./catalogchild.ts', [path]);
    started.owner = (await started.answer()) as string;
    return started;
  }

  pin = (keys: readonly string[]): Promise<unknown> => this.#call('pin', keys);
  claim = (key: string) => this.#call('claim', key) as Promise<Claim>;
  victims = (least: number) => this.#call('victims', { needed: least, least, most: least }) as Promise<Victims>;
  /** Begins a piece of work that changes catalog and ledger, and never ends it. */
  settle = (): Promise<unknown> => this.#call('settle');
  /** Takes the catalog to itself and never gives it back. */
  shut = (): Promise<unknown> => this.#call('shut');

  #call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.ask({ method, args });
  }
}
