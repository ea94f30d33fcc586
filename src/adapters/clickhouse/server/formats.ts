import { accessDenied } from './refusal.ts';

const json = 'application/json; charset=UTF-8';
const lines = 'application/x-ndjson; charset=UTF-8';
const tsv = 'text/tab-separated-values; charset=UTF-8';
const csv = 'text/csv; charset=UTF-8';
const plain = 'text/plain; charset=UTF-8';
const binary = 'application/octet-stream';

/** Content type by format. Left out are formats that read a schema or template file, or speak another protocol. */
const contentTypes: Readonly<Record<string, string>> = {
  JSON: json,
  JSONStrings: json,
  JSONCompact: json,
  JSONCompactStrings: json,
  JSONColumns: json,
  JSONColumnsWithMetadata: json,
  JSONCompactColumns: json,
  JSONObjectEachRow: json,
  JSONEachRow: lines,
  JSONEachRowWithProgress: lines,
  JSONStringsEachRow: lines,
  JSONCompactEachRow: lines,
  JSONCompactEachRowWithNames: lines,
  JSONCompactEachRowWithNamesAndTypes: lines,
  JSONCompactStringsEachRow: lines,
  JSONCompactStringsEachRowWithNames: lines,
  JSONCompactStringsEachRowWithNamesAndTypes: lines,
  JSONLines: lines,
  NDJSON: lines,
  PrettyJSONEachRow: lines,
  TabSeparated: tsv,
  TabSeparatedRaw: tsv,
  TabSeparatedWithNames: tsv,
  TabSeparatedWithNamesAndTypes: tsv,
  TSV: tsv,
  TSVRaw: tsv,
  TSVWithNames: tsv,
  TSVWithNamesAndTypes: tsv,
  CSV: csv,
  CSVWithNames: csv,
  CSVWithNamesAndTypes: csv,
  Pretty: plain,
  PrettyCompact: plain,
  PrettyCompactMonoBlock: plain,
  PrettyCompactNoEscapes: plain,
  PrettyNoEscapes: plain,
  PrettySpace: plain,
  Vertical: plain,
  Values: plain,
  Markdown: plain,
  TSKV: plain,
  LineAsString: plain,
  XML: 'application/xml; charset=UTF-8',
  Native: binary,
  RowBinary: binary,
  RowBinaryWithNames: binary,
  RowBinaryWithNamesAndTypes: binary,
  Arrow: binary,
  ArrowStream: binary,
  Parquet: binary,
  MsgPack: binary,
  Null: plain,
};

/** The content type of an allowed format; throws for another one. */
export function contentTypeOf(format: string): string {
  const type = Object.hasOwn(contentTypes, format) ? contentTypes[format] : undefined;
  if (type === undefined) throw accessDenied(`The format ${format} is not allowed`);
  return type;
}
