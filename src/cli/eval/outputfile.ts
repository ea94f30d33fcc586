import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';

const unwritable = (what: string, path: string, cause: unknown): CliptideError =>
  new CliptideError('config', `${what} cannot be written`, { where: path, hint: 'name another file', cause });

/** Rejects with `config` where the file's folder takes none: minutes of work would be for nothing. */
export async function mustBeWritable(what: string, path: string): Promise<void> {
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw unwritable(what, path, cause);
  });
}

export async function save(what: string, path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: unknown) => {
    throw unwritable(what, path, cause);
  });
}
