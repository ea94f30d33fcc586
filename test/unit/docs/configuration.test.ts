import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationTable, retentionTable, sourcesTable } from '../../../scripts/configuration-table.ts';
import { withSection } from '../../../scripts/sections.ts';
import { keys, variableOf } from '../../../src/config/keys.ts';

const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  it('is what the schema says now', () => {
    const keyed = withSection(withSection(page, 'keys', configurationTable()), 'sources', sourcesTable());
    expect(withSection(keyed, 'retention', retentionTable())).toBe(page);
  });

  it('names every key with its variable', () => {
    for (const [key, spec] of Object.entries(keys))
      expect(page).toContain('only' in spec && spec.only === 'file' ? `\`${key}\`` : `\`${variableOf(key)}\``);
  });
});
