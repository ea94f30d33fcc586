import type { Wanted } from '../../../topology/planstate.ts';
import { retentionOfTables } from '../../../topology/retention.ts';
import { type TopicName, topics } from '../../../topology/topics.ts';
import { subjectOf } from '../../adapters/avro/codec.ts';
import { loadSchemas } from '../../adapters/avro/schemas.ts';
import { migrationsFolder, readMigrations } from '../../adapters/clickhouse/migrationfiles.ts';
import { topicSettings } from '../../adapters/kafka/settings.ts';
import type { Config } from '../../config/config.ts';
import { declarations } from '../node/storage.ts';

/** What the topology, the schemas and the migrations of this version ask of a cluster. */
export async function wantedOf(topology: Config['topology'], withResults: boolean): Promise<Wanted> {
  const declared = declarations(topology.partitions, topology.retentionHours);
  return {
    topics: declared.map((declaration) => ({
      name: declaration.name,
      partitions: declaration.partitions,
      key: topics[declaration.name as TopicName].key,
      settings: topicSettings(declaration),
    })),
    schemas: new Map([...loadSchemas()].map(([name, text]) => [subjectOf(name), text])),
    migrations: withResults ? await readMigrations(migrationsFolder()) : [],
    retention: withResults ? retentionOfTables(topology.retentionHours) : new Map(),
  };
}
