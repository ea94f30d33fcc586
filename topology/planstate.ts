/** A topic as it should be. Names are the topology's, without the prefix of the cluster. */
export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  /** The field whose value is the record's key. */
  readonly key: string;
  /** Kafka's settings of the topic. */
  readonly settings: Settings;
}

export type Settings = Readonly<Record<string, string>>;

export interface Wanted {
  readonly topics: readonly WantedTopic[];
  /** Schemas as JSON text, by the registry's subject. */
  readonly schemas: ReadonlyMap<string, string>;
  /** Migrations of the results in their order; none where no results are configured. */
  readonly migrations: readonly { readonly name: string; readonly number: number; readonly checksum: string }[];
  /** Hours that the tables of the results keep their rows, null for ever; none where no results are configured. */
  readonly retention: ReadonlyMap<string, number | null>;
}

/** What a registry says about a schema that is wanted. */
export type SchemaState = 'absent' | 'registered' | 'compatible' | { readonly incompatible: string };

/** What a cluster has. */
export interface ClusterState {
  /** Every topic under the prefix, with the settings that matter here. */
  readonly topics: ReadonlyMap<string, { readonly partitions: number; readonly settings: Settings }>;
  /** What the records of a topic are keyed by, where that is on record. */
  readonly keys: ReadonlyMap<string, string>;
  readonly schemas: ReadonlyMap<string, SchemaState>;
  /** Checksums of the migrations that were applied, by number. */
  readonly migrations: ReadonlyMap<number, string>;
  /** Hours by table, null for ever, of the tables that are there. */
  readonly retention: ReadonlyMap<string, number | null>;
}
