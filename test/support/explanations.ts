import { rowsOf } from './ndjsonrows.ts';

interface Range {
  readonly from: number | null;
  readonly to: number | null;
}

/** What tests look at of the object that `explain --json` prints. */
export interface ExplanationRow {
  readonly asked: { readonly sec: number } | null;
  readonly explained: { readonly sec: number; readonly score: number; readonly chosen: string };
  readonly baseline: number;
  readonly features: readonly { readonly name: string; readonly value: number | null; readonly contribution: number }[];
  readonly counterfactuals: {
    readonly wish: {
      readonly perHour: number;
      readonly emittedWith: readonly Range[];
      readonly notEmittedWith: readonly Range[];
    };
  };
  readonly messages: { readonly messages: readonly object[] };
  readonly why: string | null;
}

/** The one object of an `explain --json`; throws where there is none. */
export function explanationIn(out: string): ExplanationRow {
  const [row, ...others] = rowsOf(out, 'explanation');
  if (row === undefined || others.length > 0) throw new Error(`not one explanation: ${out}`);
  return row as unknown as ExplanationRow;
}
