import { aggregateFunctions, combinators } from './aggregatenames.ts';
import { valueFunctions } from './scalarnames.ts';
import { textFunctions } from './textnames.ts';

// Some names are written in any case (COUNT, Sum); no two functions differ by case only where one of them is refused.
const lowered = (names: readonly string[]): ReadonlySet<string> => new Set(names.map((name) => name.toLowerCase()));
const scalars = lowered([...valueFunctions, ...textFunctions, '_CAST', 'lambda', 'exists']);
const aggregates = lowered(aggregateFunctions);
const suffixes = combinators.map((suffix) => suffix.toLowerCase());

/** Functions in place of a table. They make rows from their arguments; `view` holds a query, which is checked as any. */
const tableFunctions = lowered([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'generateSeries',
  'generate_series',
  'values',
  'SQLStandardValues',
  'null',
  'view',
]);

/** Functions whose first argument can be a function: a lambda, or the bare name of one, as in `arrayMap(lower, tags)`. */
const higherOrder = lowered([
  ...['arrayAll', 'arrayAvg', 'arrayBottomK', 'arrayCompact', 'arrayCount', 'arrayCumSum', 'arrayCumSumNonNegative'],
  ...['arrayDifference', 'arrayExists', 'arrayFill', 'arrayFilter', 'arrayFirst', 'arrayFirstIndex'],
  ...['arrayFirstOrNull', 'arrayFold', 'arrayLast', 'arrayLastIndex', 'arrayLastOrNull', 'arrayMap', 'arrayMax'],
  ...['arrayMin', 'arrayPartialReverseSort', 'arrayPartialSort', 'arrayProduct', 'arrayReverseFill'],
  ...['arrayReverseSort', 'arrayReverseSplit', 'arraySort', 'arraySplit', 'arraySum', 'arrayTopK', 'mapAll'],
  ...['mapApply', 'mapExists', 'mapFilter', 'mapPartialReverseSort', 'mapPartialSort', 'mapReverseSort', 'mapSort'],
]);

/** Functions whose second argument can be a table. */
const membership = /^(global)?(not)?(null)?in(ignoreset)?$/i;

export function mayCall(name: string): boolean {
  const lower = name.toLowerCase();
  return scalars.has(lower) || isAggregate(lower);
}

function isAggregate(lower: string): boolean {
  if (aggregates.has(lower)) return true;
  return suffixes.some((suffix) => lower.endsWith(suffix) && isAggregate(lower.slice(0, -suffix.length)));
}

export const mayReadFrom = (name: string): boolean => tableFunctions.has(name.toLowerCase());

export const isMembership = (name: string): boolean => membership.test(name);

export const takesFunction = (name: string): boolean => higherOrder.has(name.toLowerCase());
