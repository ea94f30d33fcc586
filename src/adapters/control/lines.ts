import { CliptideError, type ErrorCode, toCliptideError } from '../../domain/errors.ts';

/** A line of an answer: a row, or how it ended. An answer without an end was cut off. */
export type Line =
  | { readonly row: object }
  | { readonly end: true }
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly where?: string | undefined;
        readonly hint?: string | undefined;
      };
    };

export function errorLine(error: unknown): Line {
  const { code, message, where, hint } = toCliptideError(error);
  return { error: { code, message, where, hint } };
}

/** The rows of an answer. Rejects with the error that it ends with, with `unavailable` where it has no end. */
export async function* rowsOf(chunks: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<object> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const line = JSON.parse(text) as Line;
      if ('row' in line) yield line.row;
      else if ('error' in line) throw asError(line.error);
      else return;
    }
  }
  throw new CliptideError('unavailable', 'the process stopped before it had answered', {
    where,
    hint: 'ask again once it runs, or has stopped',
  });
}

function asError({ code, message, where, hint }: Extract<Line, { readonly error: unknown }>['error']): CliptideError {
  const details = { ...(where === undefined ? {} : { where }), ...(hint === undefined ? {} : { hint }) };
  return new CliptideError(code as ErrorCode, message, details);
}
