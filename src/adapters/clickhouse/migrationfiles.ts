import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CliptideError } from '../../domain/errors.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

/** `topology/clickhouse` beside the sources, or beside `dist` where the package is compiled. */
export function migrationsFolder(): string {
  const places = ['../../../topology/clickhouse/', '../../../../topology/clickhouse/'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(`${place}001-tables.sql`));
  if (found === undefined) {
    throw new CliptideError('internal', 'the migrations of the results are missing', {
      where: places[0] ?? '',
      hint: 'The installation is not whole: install Cliptide again',
    });
  }
  return found;
}

/** Reads `NNN-name.sql` files, in their order. A statement ends with a semicolon at the end of its line. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}-[a-z0-9-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(`${folder}/${name}`, 'utf8');
      return {
        number: Number(name.slice(0, 3)),
        name,
        checksum: createHash('sha256').update(text).digest('hex'),
        statements: text.split(/;[ \t]*(?:\n|$)/).filter((statement) => !isEmpty(statement)),
      };
    }),
  );
}

function isEmpty(statement: string): boolean {
  return statement.replace(/--[^\n]*/g, '').trim() === '';
}
