import { describe, expect, it } from 'vitest';
import { dashboards, expanded, queriesOf } from '../../support/grafana.ts';

const all = dashboards();
const type = 'grafana-clickhouse-datasource';

describe.each(all)('topology/grafana/%s', (file, dashboard) => {
  it('asks the data source that is chosen, which is the provisioned one at first', () => {
    const [first, ...others] = dashboard.templating.list;
    expect(first).toMatchObject({ name: 'datasource', type: 'datasource', query: type });
    expect(first?.current?.value).toBe('cliptide');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how Grafana names a variable
    const chosen = { type, uid: '${datasource}' };
    const asked = [...others, ...dashboard.panels, ...(dashboard.annotations?.list ?? [])];
    expect(asked.map(({ datasource }) => datasource)).toEqual(asked.map(() => chosen));
  });

  it('has panels that Grafana can tell apart and place', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), `${title} lies over another panel`).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
      }
    }
  });

  it('names the form of each answer once, and the same to the editor as to the data source', () => {
    const targets = dashboard.panels.flatMap((panel) => panel.targets.map((target) => ({ panel, target })));
    for (const { panel, target } of targets) {
      const wanted =
        panel.type === 'timeseries' ? { format: 0, queryType: 'timeseries' } : { format: 1, queryType: 'table' };
      expect(target, panel.title).toMatchObject(wanted);
    }
  });

  it('has variables for the channel, and for the broadcast where there is one to choose', () => {
    const names = dashboard.templating.list.map(({ name }) => name);
    expect(names).toContain('channel');
    const used = queriesOf(file, dashboard).flatMap(({ sql }) =>
      [...sql.matchAll(/\$\{(\w+):/g)].map(([, name]) => name),
    );
    expect(new Set(used)).toEqual(new Set(names.filter((name) => name !== 'datasource')));
  });

  it('asks unqualified tables and views, so that the data source chooses the database', () => {
    for (const { name, sql } of queriesOf(file, dashboard)) expect(sql, name).not.toMatch(/cliptide\./);
  });
});

describe('the dashboards', () => {
  it('have addresses of their own, and no number of one Grafana', () => {
    expect(new Set(all.map(([, { uid }]) => uid)).size).toBe(all.length);
    expect(new Set(all.map(([, { title }]) => title)).size).toBe(all.length);
    expect(all.filter(([, dashboard]) => dashboard.id !== undefined)).toEqual([]);
  });
});

describe('the expansion of macros, as the data source does it', () => {
  const view = { fromMs: Date.UTC(2024, 4, 1), toMs: Date.UTC(2024, 4, 2), chosen: { channel: ["o'hara", 'b'] } };

  it('quotes what is chosen and drops the condition where all is', () => {
    const sql =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how Grafana names a variable
      'SELECT 1 WHERE $__conditionalAll(f(a) IN (${channel:singlequote}), $channel) AND $__conditionalAll(b IN (1), $other)';
    expect(expanded(sql, view)).toBe("SELECT 1 WHERE f(a) IN ('o\\'hara','b') AND 1=1");
  });

  it('keeps to the range of time', () => {
    expect(expanded('$__timeFilter(t.at)', view)).toBe(
      't.at >= toDateTime(1714521600) AND t.at <= toDateTime(1714608000)',
    );
    expect(expanded('$__dateFilter(day)', view)).toBe("day >= toDate('2024-05-01') AND day <= toDate('2024-05-02')");
  });

  it('refuses what it does not know, so that no test passes on it', () => {
    expect(() => expanded('SELECT $__timeGroup(at)', view)).toThrow('left for nobody');
  });
});
