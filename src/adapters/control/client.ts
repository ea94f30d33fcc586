import { CliptideError } from '../../domain/errors.ts';
import type { Answerer } from '../../ports/operations.ts';
import { readControlAddress } from './address.ts';
import { rowsOf } from './lines.ts';

/** What the process that owns a data folder answers with; undefined where none does, such as after a crash. */
export async function ownerOf(dataDir: string): Promise<Answerer | undefined> {
  const address = await readControlAddress(dataDir);
  if (address === undefined) return undefined;
  const url = `http://127.0.0.1:${address.port}/`;
  // Whoever took the port of a process that has gone is not sent the token.
  if (!isAlive(address.pid) || !(await answers(url))) return undefined;
  const headers = { authorization: `Bearer ${address.token}` };
  return async function* (question, signal) {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(question), signal });
    if (!response.ok || response.body === null) {
      throw new CliptideError('forbidden', 'the process that owns the data folder refuses us', { where: dataDir });
    }
    yield* rowsOf(response.body, `process ${address.pid}`);
  };
}

/** Without a token it refuses: somebody is there. */
const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ status }) => status === 403,
    () => false,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
