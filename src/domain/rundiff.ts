/** A highlight as a run found it on air. */
export interface FoundHighlight {
  readonly highlightId: string;
  /** The second in which it passed the threshold, milliseconds since 1970-01-01 UTC. */
  readonly peakMs: number;
  readonly score: number;
  readonly threshold: number;
  readonly model: string;
  /** What each feature added to the score. */
  readonly contributions: Readonly<Record<string, number>>;
}

/** What a feature added in one run and in the other; 0 where the run has no such highlight or its model no such feature. */
export interface FeatureDifference {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly difference: number;
}

/** `same` and `moved` are in both runs, in the same second or in another; `lost` is in the first only, `gained` in the second. */
export type Change = { readonly features: readonly FeatureDifference[] } & (
  | { readonly kind: 'same' | 'moved'; readonly a: FoundHighlight; readonly b: FoundHighlight }
  | { readonly kind: 'lost'; readonly a: FoundHighlight; readonly b: null }
  | { readonly kind: 'gained'; readonly a: null; readonly b: FoundHighlight }
);

/** Two highlights so near to each other, peak to peak, are one moment. */
const nearMs = 30_000;

/**
 * What changed in one broadcast from run `a` to run `b`: every highlight of both once, in the order of time. Ids depend
 * on the scorer's version, so that moments are matched by their peaks: the nearest first, each with one.
 */
export function diffHighlights(a: readonly FoundHighlight[], b: readonly FoundHighlight[]): readonly Change[] {
  const pairs = a
    .flatMap((one) => b.map((other) => ({ one, other, apartMs: Math.abs(one.peakMs - other.peakMs) })))
    .filter(({ apartMs }) => apartMs <= nearMs)
    .sort((x, y) => x.apartMs - y.apartMs || sumOf(x) - sumOf(y) || leastOf(x) - leastOf(y));
  const matched = new Map<FoundHighlight, FoundHighlight>();
  const taken = new Set<FoundHighlight>();
  for (const { one, other } of pairs) {
    if (matched.has(one) || taken.has(other)) continue;
    matched.set(one, other);
    taken.add(other);
  }
  const changes = [
    ...a.map((one) => fromFirst(one, matched.get(one))),
    ...b.filter((other) => !taken.has(other)).map((other) => gained(other)),
  ];
  return changes.sort((x, y) => peakOf(x) - peakOf(y));
}

interface Pair {
  readonly one: FoundHighlight;
  readonly other: FoundHighlight;
}

// The same pairs, whichever run comes first.
const sumOf = ({ one, other }: Pair): number => one.peakMs + other.peakMs;
const leastOf = ({ one, other }: Pair): number => Math.min(one.peakMs, other.peakMs);

const peakOf = (change: Change): number => (change.a ?? change.b).peakMs;

function fromFirst(a: FoundHighlight, b: FoundHighlight | undefined): Change {
  if (b === undefined) return { kind: 'lost', a, b: null, features: featuresOf(a.contributions, {}) };
  const kind = a.peakMs === b.peakMs ? 'same' : 'moved';
  return { kind, a, b, features: featuresOf(a.contributions, b.contributions) };
}

const gained = (b: FoundHighlight): Change => ({
  kind: 'gained',
  a: null,
  b,
  features: featuresOf({}, b.contributions),
});

/** The features that differ, those that made the greatest difference first. */
function featuresOf(a: FoundHighlight['contributions'], b: FoundHighlight['contributions']): FeatureDifference[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  const all = [...names].map((name) => {
    const [inA, inB] = [a[name] ?? 0, b[name] ?? 0];
    return { name, a: inA, b: inB, difference: inB - inA };
  });
  const differ = all.filter(({ difference }) => difference !== 0);
  return differ.sort((x, y) => Math.abs(y.difference) - Math.abs(x.difference) || (x.name < y.name ? -1 : 1));
}
