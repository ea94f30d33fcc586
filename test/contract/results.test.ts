import { afterAll, beforeAll, describe } from 'vitest';
import { type ChdbResults, chdbResults } from '../support/chdbresults.ts';
import { resultsContract } from './results.contract.ts';

let store: ChdbResults;
beforeAll(async () => {
  store = await chdbResults();
});
afterAll(() => store.close());

describe('results in chDB', () => resultsContract(() => store.results));
