import { CliptideError } from '../../domain/errors.ts';
import type { TopicDeclaration } from '../../ports/eventlog.ts';
import { createPartition, Partition } from './partition.ts';
import type { EmbeddedStore } from './store.ts';

export interface Topic {
  readonly declaration: TopicDeclaration;
  readonly partitions: readonly Partition[];
}

/** The topics that were declared, with their partitions. */
export class Catalog {
  readonly #store: EmbeddedStore;
  readonly #topics = new Map<string, Topic>();

  constructor(store: EmbeddedStore) {
    this.#store = store;
    for (const row of store.db.prepare('SELECT name, partitions, cleanup, retention_ms FROM topics').all()) {
      const retentionMs = row.retention_ms === null ? {} : { retentionMs: Number(row.retention_ms) };
      const cleanup = row.cleanup === 'compact' ? 'compact' : 'delete';
      this.#load({ name: String(row.name), partitions: Number(row.partitions), cleanup, ...retentionMs });
    }
  }

  /** Makes what is missing; retention may change. Throws `config` where what exists cannot become what is declared. */
  declare(declarations: readonly TopicDeclaration[]): void {
    for (const declaration of declarations) this.#verify(declaration);
    this.#store.transaction(() => {
      for (const declaration of declarations) this.#save(declaration);
    });
    for (const declaration of declarations) this.#load(declaration);
  }

  all(): Iterable<Topic> {
    return this.#topics.values();
  }

  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic !== undefined) return topic;
    throw new CliptideError('internal', `topic ${name} was not declared`, {
      where: this.#store.path,
      hint: 'declare the topology before its topics are used',
    });
  }

  partition(name: string, number: number): Partition {
    const partition = this.topic(name).partitions[number];
    if (partition !== undefined) return partition;
    throw new CliptideError('internal', `topic ${name} has no partition ${number}`, { where: this.#store.path });
  }

  #verify(declaration: TopicDeclaration): void {
    const known = this.#topics.get(declaration.name)?.declaration;
    if (known === undefined) {
      if (Number.isInteger(declaration.partitions) && declaration.partitions > 0) return;
      throw new CliptideError('config', `topic ${declaration.name} needs at least one partition`);
    }
    for (const property of ['partitions', 'cleanup'] as const) {
      if (known[property] === declaration[property]) continue;
      throw new CliptideError(
        'config',
        `topic ${declaration.name} has ${property} ${known[property]} in this data, and ${declaration[property]} now`,
        { where: this.#store.path, hint: `go back to ${known[property]}, or start with a new data folder` },
      );
    }
  }

  #save({ name, partitions, cleanup, retentionMs }: TopicDeclaration): void {
    this.#store.db
      .prepare('INSERT INTO topics VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET retention_ms = excluded.retention_ms')
      .run(name, partitions, cleanup, retentionMs ?? null);
    if (this.#topics.has(name)) return;
    for (let number = 0; number < partitions; number++) {
      createPartition(this.#store, name, number, cleanup === 'compact');
    }
  }

  #load(declaration: TopicDeclaration): void {
    const known = this.#topics.get(declaration.name)?.partitions;
    const partitions = known ?? this.#open(declaration.name);
    this.#topics.set(declaration.name, { declaration, partitions });
  }

  #open(name: string): Partition[] {
    return this.#store.db
      .prepare('SELECT id, partition FROM partitions WHERE topic = ? ORDER BY partition')
      .all(name)
      .map((row) => new Partition(this.#store, name, Number(row.partition), Number(row.id)));
  }
}
