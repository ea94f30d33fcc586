import type { Type } from 'avsc';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import type { SchemaRegistry } from '../../ports/codec.ts';
import { typeOf } from './types.ts';

/** What is known of a schema id: its type, or why there is none. */
export type Writer = { readonly type: Type; readonly text: string } | { readonly problem: string };

/** Writers' schemas by id, asked of the registry once each. */
export class Writers {
  readonly #registry: SchemaRegistry;
  readonly #known = new Map<number, Writer>();

  constructor(registry: SchemaRegistry) {
    this.#registry = registry;
  }

  /** Undefined when it was not asked for. */
  get(id: number): Writer | undefined {
    return this.#known.get(id);
  }

  /** An id that the registry does not have is asked for again the next time: it may be given to a schema by then. */
  async ask(id: number): Promise<void> {
    const known = this.#known.get(id);
    if (known !== undefined && 'type' in known) return;
    const text = await this.#byId(id);
    this.#known.set(id, text === undefined ? { problem: `the registry has no schema ${id}` } : parse(id, text));
  }

  add(id: number, text: string): void {
    this.#known.set(id, parse(id, text));
  }

  async #byId(id: number): Promise<string | undefined> {
    try {
      return await this.#registry.byId(id);
    } catch (error) {
      if (toCliptideError(error).code === 'unavailable') throw error;
      throw new CliptideError('unavailable', 'the schema registry cannot be asked', {
        where: `schema ${id}`,
        hint: 'check that the registry runs and can be reached at registry.url (CLIPTIDE_REGISTRY_URL)',
        cause: error,
      });
    }
  }
}

function parse(id: number, text: string): Writer {
  try {
    return { type: typeOf(text), text };
  } catch (error) {
    return { problem: `schema ${id} of the registry is not a valid one: ${toCliptideError(error).message}` };
  }
}
