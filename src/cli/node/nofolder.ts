import { CliptideError } from '../../domain/errors.ts';

/** For a command that works on what a node left, where none did. `also`: what else there is to do. */
export const noDataFolder = (where: string, also = ''): CliptideError =>
  new CliptideError('usage', 'there is no data folder here: nothing has run here yet', {
    where,
    hint: `start "cliptide live" or "cliptide run" first, or give the data folder of one with --data DIR${also}`,
  });
