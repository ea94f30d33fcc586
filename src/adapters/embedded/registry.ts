import type { SchemaRegistry } from '../../ports/codec.ts';
import type { EmbeddedStore } from './store.ts';

/** The schema registry in the event log's own file; it stays with the bytes that need it. Closed with the store. */
export function createRegistry(store: EmbeddedStore): SchemaRegistry {
  const insert = store.db.prepare('INSERT INTO schemas(schema) VALUES (?) ON CONFLICT DO NOTHING');
  const idOf = store.db.prepare('SELECT id FROM schemas WHERE schema = ?');
  const schemaOf = store.db.prepare('SELECT schema FROM schemas WHERE id = ?');
  const version = store.db.prepare(
    `INSERT INTO schema_versions SELECT ?1, coalesce(max(version), 0) + 1, ?2 FROM schema_versions WHERE subject = ?1
     HAVING coalesce(max(id = ?2), 0) = 0`,
  );
  const versions = store.db.prepare(
    'SELECT id, schema FROM schema_versions JOIN schemas USING (id) WHERE subject = ? ORDER BY version',
  );
  return {
    register: async (subject, schema) =>
      store.transaction(() => {
        const text = JSON.stringify(JSON.parse(schema));
        insert.run(text);
        const id = Number(idOf.get(text)?.id);
        version.run(subject, id);
        return id;
      }),
    byId: async (id) => {
      const row = schemaOf.get(id);
      return row === undefined ? undefined : String(row.schema);
    },
    versions: async (subject) =>
      versions.all(subject).map((row) => ({ id: Number(row.id), schema: String(row.schema) })),
  };
}
