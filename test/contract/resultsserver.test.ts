import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerResults, serverResults } from '../support/serverresults.ts';
import { describeWithServices } from '../support/services.ts';
import { resultsContract } from './results.contract.ts';

describeWithServices(['clickhouse'], 'results in a ClickHouse server', (addressOf) => {
  let store: ServerResults;
  beforeAll(async () => {
    store = await serverResults(addressOf('clickhouse'));
  });
  afterAll(() => store.close());

  resultsContract(() => store.results);

  it('has every table and view in its database, and none that reads another', async () => {
    const tables = await store.results.query(
      'SELECT name, create_table_query AS sql FROM system.tables WHERE database = {own:String}',
      { own: store.database },
    );
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['seconds', 'moments_all', 'migrations']));
    for (const { name, sql } of tables) expect(String(sql), String(name)).not.toMatch(/\bcliptide\b/);
    expect(await store.results.query('SELECT count() AS moments FROM moments')).toEqual([{ moments: '0' }]);
  });

  it('keeps seconds as long as the embedded tables do', async () => {
    const [table] = await store.results.query(
      "SELECT create_table_query AS sql FROM system.tables WHERE database = {own:String} AND name = 'seconds'",
      { own: store.database },
    );
    expect(String(table?.sql)).toContain('TTL recorded_at + toIntervalDay(90)');
  });
});
