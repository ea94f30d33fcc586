import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSettingsClauses } from '../../../src/adapters/clickhouse/server/clauses.ts';
import { isMembership, mayCall, mayReadFrom } from '../../../src/adapters/clickhouse/server/functions.ts';
import { checkSetting, quoted, settingsStatement } from '../../../src/adapters/clickhouse/server/limits.ts';
import { queryQueue } from '../../../src/adapters/clickhouse/server/queue.ts';
import { checkTable } from '../../../src/adapters/clickhouse/server/tables.ts';

describe('functions for readers', () => {
  it('are the listed ones in any case, and aggregates with any combinators', () => {
    for (const name of ['count', 'COUNT', 'sumIf', 'uniqStateIf', 'argMaxOrNullIf', 'quantilesTDigestArrayIf', 'in']) {
      expect(mayCall(name), name).toBe(true);
    }
    for (const name of ['file', 'File', 'fileIf', 'State', '', 'constructor', 'sum If', 'file`', 'sumFile']) {
      expect(mayCall(name), name).toBe(false);
    }
  });

  it('stand for a table only where they make rows from their arguments', () => {
    expect(['numbers', 'VALUES', 'view'].every(mayReadFrom)).toBe(true);
    expect(['file', 'url', 'remote', 'merge', 'loop', 'executable', 'count'].some(mayReadFrom)).toBe(false);
  });

  it('are known where their second argument is a table', () => {
    for (const name of ['in', 'notIn', 'globalIn', 'globalNotIn', 'nullIn', 'globalNotNullInIgnoreSet', 'IN']) {
      expect(isMembership(name), name).toBe(true);
    }
  });
});

describe('tables for readers', () => {
  it.each(['clips', 'cliptide.clips', 'größe', 'system.tables', 'information_schema.columns'])('can be %s', (name) => {
    expect(() => checkTable(name)).not.toThrow();
  });
  it.each(['system.processes', 'default.x', 'a.b.c', '/etc/passwd', 'x y', '', 'clips\n', 'INFORMATION_SCHEMA.x'])(
    'cannot be %j',
    (name) => {
      expect(() => checkTable(name)).toThrow(expect.objectContaining({ code: 497 }));
    },
  );
});

describe('settings of readers', () => {
  it('are counted and checked wherever the rendering has them, not in texts and names', () => {
    expect(checkSettingsClauses('SELECT 1')).toBe(0);
    expect(checkSettingsClauses("SELECT ' SETTINGS x = 1', `SETTINGS`, '\\' SETTINGS y' FROM a")).toBe(0);
    expect(checkSettingsClauses('SELECT (SELECT 1 SETTINGS max_threads = 1) SETTINGS final = 1, max_threads = 2')).toBe(
      2,
    );
    expect(() => checkSettingsClauses("SELECT '\\\\' SETTINGS readonly = 0")).toThrow();
    expect(() => checkSettingsClauses('SELECT 1 SETTINGS max_threads = 1, allow_ddl = 1')).toThrow();
    expect(() => checkSettingsClauses('SELECT SETTINGS FROM a')).toThrow();
  });

  it.each([
    ['max_memory_usage', '0'],
    ['max_memory_usage', '-1'],
    ['max_memory_usage', '1e18'],
    ['max_memory_usage', 'auto'],
    ['max_execution_time', 'inf'],
    ['readonly', '0'],
    ['format_schema', 'x'],
    ['output_format_schema', 'x'],
    ['__proto__', '1'],
    ['constructor', '1'],
  ])('cannot be %s = %s', (name, value) => {
    expect(() => checkSetting(name, value)).toThrow();
  });

  it('end with readonly, so that nothing after them loosens anything', () => {
    expect(settingsStatement(new Map([['max_threads', '1']]), 'mark')).toMatch(/max_threads = '1'.*, readonly = '2'$/);
  });

  it('cannot end the literal that they are put into', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '\\', 'a', ';', '\n') }), (text) => {
        const inner = quoted(text).slice(1, -1);
        expect(inner.replace(/\\[\\']/g, '')).not.toMatch(/['\\]/);
        expect(inner.replace(/\\([\\'])/g, '$1')).toBe(text);
      }),
    );
  });
});

describe('the queue of queries', () => {
  it('runs a few at a time, lets the next wait their turn and refuses what is too many', async () => {
    const inTurn = queryQueue(1, 1);
    const first = Promise.withResolvers<string>();
    const order: string[] = [];
    const one = inTurn(() => first.promise);
    const two = inTurn(async () => order.push('two'));
    await expect(inTurn(async () => order.push('three'))).rejects.toMatchObject({ code: 202 });
    expect(order).toEqual([]);
    first.resolve('one');
    expect(await one).toBe('one');
    await two;
    expect(order).toEqual(['two']);
  });

  it('goes on after one that failed', async () => {
    const inTurn = queryQueue(1, 1);
    await expect(inTurn(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await inTurn(async () => 'next')).toBe('next');
  });
});
