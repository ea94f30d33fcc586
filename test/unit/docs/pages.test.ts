import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { eventTables } from '../../../scripts/event-tables.ts';
import { withSection } from '../../../scripts/sections.ts';
import { openChatFile } from '../../../src/adapters/chatfile/open.ts';
import { stages } from '../../../topology/graph.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
const work = mkdtempSync(join(tmpdir(), 'cliptide-docs-'));
afterAll(() => rmSync(work, { recursive: true }));

/** Anchor of a heading as code hosts make it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

describe('documentation', () => {
  it.each(pages)('%s links to files and headings that there are', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    for (const link of links.filter((target) => !/^https?:/.test(target) && !target.endsWith('RESULTS.md'))) {
      const [path = '', heading] = link.split('#');
      const target = path === '' ? page : join(page, '..', path);
      expect(existsSync(join(root, target)), `${page}: ${link}`).toBe(true);
      if (heading === undefined) continue;
      const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map((match) => anchor(match[1] ?? ''));
      expect(headings, `${page}: ${link}`).toContain(heading);
    }
  });

  it.each(pages)('%s starts TypeScript by npm or npx alone, which bring a Node that can read it', (page) => {
    expect(read(page)).not.toMatch(/(?<!npx )\bnode \S+\.ts\b/);
    const scripts = JSON.parse(read('package.json')).scripts;
    for (const [, name = ''] of read(page).matchAll(/npm run (?:--silent )?([\w:]+)/g))
      expect(scripts).toHaveProperty([name]);
  });

  it('docs/results.md names every table and view of the migrations, and no other', () => {
    const sql = readdirSync(join(root, 'topology/clickhouse'))
      .map((name) => read(`topology/clickhouse/${name}`))
      .join('\n');
    const made = [...sql.matchAll(/CREATE (?:TABLE IF NOT EXISTS|OR REPLACE VIEW) cliptide\.(\w+)/g)].map(
      ([, name]) => name,
    );
    const named = [...read('docs/results.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual([...new Set(made)].filter((name) => !name?.endsWith('_all')).sort());
  });

  it('docs/architecture.md names every stage with its kind', () => {
    for (const { role, kind } of Object.values(stages))
      expect(read('docs/architecture.md')).toContain(`| \`${role}\` | ${kind} |`);
  });

  it('docs/events.md is what the schema says now', () => {
    const page = read('docs/events.md');
    expect(withSection(page, 'events', eventTables())).toBe(page);
  });

  it("docs/events.md's bridge writes events that are read whole, without a name in them", async () => {
    const bridge = /```js\n([\s\S]*?)```/.exec(read('docs/events.md'))?.[1] ?? '';
    writeFileSync(join(work, 'bridge.mjs'), bridge);
    const input = 'ann\twhat a save\nbob\tunreal\nann\tagain\n';
    const env = { ...process.env, BRIDGE_KEY: 'a key of the tests' };
    const out = execFileSync(process.execPath, [join(work, 'bridge.mjs')], { input, env, encoding: 'utf8' });
    expect(out).not.toMatch(/"ann"|"bob"/);
    const path = join(work, 'bridged.ndjson');
    writeFileSync(path, out);
    const items = [];
    for await (const batch of (await openChatFile(path)).items()) items.push(...batch);
    expect(items.map((item) => item.kind === 'native' && item.event.kind)).toEqual([
      'chat',
      'chat',
      'chat',
      'streamEnded',
    ]);
    const users = items.flatMap((item) => (item.kind === 'native' ? [item.event.chat?.userId] : []));
    expect(users[0]).toBe(users[2]);
    expect(users[0]).not.toBe(users[1]);
  });

  it("docs/events.md's example is read whole", async () => {
    const example = /```json\n([\s\S]*?)```/.exec(read('docs/events.md'))?.[1] ?? '';
    const path = join(work, 'events.ndjson');
    writeFileSync(path, example);
    const items = [];
    for await (const batch of (await openChatFile(path)).items()) items.push(...batch);
    expect(items.map(({ kind }) => kind)).toEqual(['native', 'native', 'native']);
  });
});
