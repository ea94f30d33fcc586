import { expect, it } from 'vitest';
import type { ResultRow, Results } from '../../src/ports/results.ts';

const second = (at: number, messages: number): ResultRow => ({
  run: 'live',
  channel_id: 'c',
  stream_id: 'contract',
  at: `2024-05-01 12:00:${String(at).padStart(2, '0')}.000`,
  messages,
  score: 0.25,
  threshold: 2,
  viewers: null,
});

const count = 'SELECT count() AS rows, sum(messages) AS messages FROM seconds WHERE stream_id = {stream:String}';
const stream = { stream: 'contract' };

/** What every store of results has to do. `open` gives migrated results that are empty; they stay open. */
export function resultsContract(open: () => Results): void {
  it('gives back what was inserted, 64-bit counts as text, so that no digit is lost', async () => {
    await open().insert('seconds', [second(1, 3), second(2, 4)]);
    expect(await open().query(count, stream)).toEqual([{ rows: '2', messages: '7' }]);
  });

  it('counts no row twice that was written twice', async () => {
    await open().insert('seconds', [second(1, 3), second(2, 4)]);
    await open().insert('seconds', [second(2, 4)]);
    expect(await open().query(count, stream)).toEqual([{ rows: '2', messages: '7' }]);
  });

  it('takes more rows at once than it sends in one statement', async () => {
    const rows = Array.from({ length: 5000 }, (_, row) => ({
      ...second(0, 1),
      stream_id: 'many',
      at: new Date(Date.UTC(2024, 0, 1) + row * 1000).toISOString().replace('T', ' ').replace('Z', ''),
    }));
    await open().insert('seconds', rows);
    expect(await open().query(count, { stream: 'many' })).toEqual([{ rows: '5000', messages: '5000' }]);
  });

  it('takes no rows without complaint', async () => {
    await open().insert('seconds', []);
    expect(await open().query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('can be migrated again with its rows kept', async () => {
    await open().migrate();
    expect(await open().query(count, stream)).toEqual([{ rows: '2', messages: '7' }]);
  });

  it('says where a wrong statement failed', async () => {
    await expect(open().query('SELECT nothing FROM nowhere')).rejects.toMatchObject({
      name: 'CliptideError',
      where: 'query',
    });
    await expect(open().insert('no_such_table', [{ a: 1 }])).rejects.toMatchObject({ where: 'no_such_table' });
  });
}
