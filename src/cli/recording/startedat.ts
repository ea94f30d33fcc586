import { CliptideError } from '../../domain/errors.ts';

/** Milliseconds since 1970-01-01 UTC of an option such as `2026-01-10T18:00:00Z`; a time without a zone is UTC. */
export function startedAtMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}${text.includes('T') ? 'Z' : ''}`);
  if (Number.isFinite(ms)) return ms;
  throw new CliptideError('usage', `"${text}" is no time`, {
    where: '--started-at',
    hint: 'write it as 2026-01-10T18:00:00Z',
  });
}
