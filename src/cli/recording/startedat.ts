import { CliptideError } from '../../domain/errors.ts';

const date = String.raw`\d{4}-\d\d-\d\d`;
const time = String.raw`\d\d:\d\d(?::\d\d(?:\.\d+)?)?`;
const shape = new RegExp(`^(${date})(?:[T ](${time}) ?(Z|[+-]\\d\\d:?\\d\\d)?)?$`, 'i');

/** Milliseconds since 1970-01-01 UTC of an option such as `2026-01-10T18:00:00Z`; a time without a zone is UTC. */
export function startedAtMs(text: string | undefined, option = '--started-at'): number | undefined {
  if (text === undefined) return undefined;
  const [, day = '', clock = '00:00', zone = 'Z'] = shape.exec(text.trim()) ?? [];
  const ms = Date.parse(`${day}T${clock}${zone.toUpperCase()}`);
  if (Number.isFinite(ms)) return ms;
  throw new CliptideError('usage', `"${text}" is no time`, {
    where: option,
    hint: 'write it as 2026-01-10T18:00:00Z',
  });
}
