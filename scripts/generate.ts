// Writes every generated file, or with --check says which one is stale (exit 1).
import { readFileSync, writeFileSync } from 'node:fs';
import { typesFromSchemas } from './avro-types.ts';
import { configurationTable, retentionTable, sourcesTable } from './configuration-table.ts';
import { eventTables } from './event-tables.ts';
import { metricsTable } from './metrics-table.ts';
import { withDiagram } from './readme-diagram.ts';
import { withSection } from './sections.ts';

const root = new URL('../', import.meta.url);

const generated: ReadonlyMap<string, () => string> = new Map([
  ['src/domain/records.gen.ts', () => typesFromSchemas(new URL('schemas/', root))],
  ['README.md', () => withDiagram(current('README.md'))],
  ['docs/configuration.md', configurationPage],
  ['docs/operations.md', () => withSection(current('docs/operations.md'), 'metrics', metricsTable())],
  ['docs/events.md', () => withSection(current('docs/events.md'), 'events', eventTables())],
]);

function configurationPage(): string {
  const document = current('docs/configuration.md');
  const keyed = withSection(withSection(document, 'keys', configurationTable()), 'sources', sourcesTable());
  return withSection(keyed, 'retention', retentionTable());
}

function current(path: string): string {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return '';
  }
}

const check = process.argv.includes('--check');
for (const [path, make] of generated) {
  const text = make();
  if (current(path) === text) continue;
  if (check) {
    process.stderr.write(`${path} is stale: run "npm run generate" and commit the result\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(new URL(path, root), text);
    process.stderr.write(`wrote ${path}\n`);
  }
}
