// Records the current version of each schema that is not the newest one in its history.
import { writeFileSync } from 'node:fs';
import { loadSchemas } from '../../../src/adapters/avro/schemas.ts';
import { sameSchema, schemaHistory, versionFile } from './history.ts';

const history = schemaHistory();
for (const [name, text] of loadSchemas()) {
  const versions = history.get(name) ?? [];
  const newest = versions.at(-1);
  if (newest !== undefined && sameSchema(newest, text)) continue;
  writeFileSync(versionFile(name, versions.length + 1), `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  process.stderr.write(`recorded version ${versions.length + 1} of ${name}\n`);
}
