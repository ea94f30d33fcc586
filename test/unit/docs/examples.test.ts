import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'cliptide-examples-'));
afterAll(() => rmSync(work, { recursive: true }));
writeFileSync(join(work, 'webhook.secret'), `whsec_${Buffer.alloc(32).toString('base64')}`);

/** Objects over several lines or of one line, as pages of the documentation show them. */
const examples = ['cluster.md', 'configuration.md'].flatMap((page) =>
  [...readFileSync(join(docs, page), 'utf8').matchAll(/^```json\n([\s\S]*?)^```/gm)].map(
    ([, text], index) => [`${page}, ${index + 1}`, text ?? ''] as const,
  ),
);

describe('configurations in the documentation', () => {
  it('are found', () => {
    expect(examples.map(([name]) => name)).toEqual(['cluster.md, 1', 'configuration.md, 1', 'configuration.md, 2']);
  });

  it.each(examples)('%s is accepted', (_, text) => {
    writeFileSync(join(work, 'cliptide.config.json'), text);
    expect(() => loadConfig({ cwd: work, env: {} })).not.toThrow();
  });
});
