import { describe, expect, test } from 'vitest';
import { parseMoney } from '../../../src/adapters/chatfile/money.ts';

describe('prices as YouTube writes them', () => {
  const prices: readonly (readonly [string, number, string])[] = [
    ['£10.00', 10, 'GBP'],
    ['$0.99', 0.99, 'USD'],
    ['¥1,000', 1000, 'JPY'],
    ['￥500', 500, 'JPY'],
    ['R$ 5,00', 5, 'BRL'],
    ['CA$25.00', 25, 'CAD'],
    ['NT$1,500.00', 1500, 'TWD'],
    ['CLP\u00a0500', 500, 'CLP'],
    ['RUB\u00a0100.00', 100, 'RUB'],
    ['1.234,56\u00a0€', 1234.56, 'EUR'],
    ['1\u202f234,50 €', 1234.5, 'EUR'],
    ['₩10,000', 10_000, 'KRW'],
    ['€2.5', 2.5, 'EUR'],
    ['SEK 20.00', 20, 'SEK'],
    ['5 coins', 5, ''],
    ['', 0, ''],
    ['free', 0, ''],
    [`$${'9'.repeat(400)}`, 0, 'USD'],
  ];
  test.each(prices)('%s', (text, amount, currency) => {
    expect(parseMoney(text)).toEqual({ amountMicros: Math.round(amount * 1_000_000), currency });
  });
});
