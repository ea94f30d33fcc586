import { contentTypeOf } from './formats.ts';
import { accessDenied } from './refusal.ts';
import { checkTable } from './tables.ts';

const name = '[\\p{L}_][\\p{L}\\p{N}_]*';
const tail = `(?: FORMAT (?<format>\\w+))?$`;

const forms: readonly RegExp[] = [
  new RegExp(
    `^SHOW (?:FULL )?(?:TABLES|DATABASES)(?: FROM (?:${name}))?(?: (?:NOT )?I?LIKE '[^'\\\\]*')?(?: LIMIT \\d+)?${tail}`,
    'u',
  ),
  new RegExp(`^SHOW CREATE (?:TABLE|VIEW) (?<table>(?:${name}\\.)?${name})${tail}`, 'u'),
  new RegExp(`^EXISTS (?:TABLE|VIEW) (?<table>(?:${name}\\.)?${name})${tail}`, 'u'),
  new RegExp(`^EXISTS DATABASE ${name}${tail}`, 'u'),
];

/**
 * SHOW and EXISTS. The tree hides their WHERE, so beyond their kind the engine's rendering has to have one of a few
 * whole forms. Returns the format that it names.
 */
export function checkShow(canonical: string): string | undefined {
  const match = forms.map((form) => form.exec(canonical)).find((found) => found !== null);
  if (match === undefined) throw accessDenied('Of SHOW and EXISTS only the plain forms are allowed');
  const { table, format } = match.groups ?? {};
  if (table !== undefined) checkTable(table);
  if (format !== undefined) contentTypeOf(format);
  return format;
}
