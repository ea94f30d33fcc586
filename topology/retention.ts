import { topics } from './topics.ts';

const days = (count: number): number => count * 24;

/** How many hours the tables of the results keep a row after it was recorded; null keeps it for ever. */
export const tableHours = {
  seconds: days(90),
  attempts: days(365),
  dead_letters: days(90),
  highlights: null,
  detections: null,
  rankings: null,
  transitions: null,
  clips: null,
  streams: null,
  gaps: null,
  runs: null,
} as const satisfies Readonly<Record<string, number | null>>;

export type TableName = keyof typeof tableHours;

const tableNames = Object.keys(tableHours) as TableName[];
/** A table's name among those of topics: some topics are called the same. */
const listed = (table: TableName): string => `results.${table}`;

/**
 * Everything that has a retention, by its name in `retentionHours`, with its default in hours; null is for ever. Compacted
 * topics are not in it: they keep the newest record of each key.
 */
export const retentionDefaults: Readonly<Record<string, number | null>> = Object.fromEntries([
  ...Object.entries(topics)
    .filter(([, { cleanup }]) => cleanup === 'delete')
    .map(([name, { retentionHours }]) => [name, retentionHours ?? null]),
  ...tableNames.map((table) => [listed(table), tableHours[table]]),
]);

/** What each table keeps where some hours are configured. */
export const retentionOfTables = (hours: Readonly<Record<string, number>>): ReadonlyMap<TableName, number | null> =>
  new Map(tableNames.map((table) => [table, hours[listed(table)] ?? tableHours[table]]));
