import { chatEvent } from '../events.ts';
import { eventItem, ignoredItem, type RecordMapper } from '../items.ts';
import { rolesOf } from '../roles.ts';
import { numberOf, offsetTime } from '../times.ts';

/** Whether a line is a message of a TSV: an offset in milliseconds, a user, a text. */
export function isTsvLine(line: string): boolean {
  return /^-?\d+(?:\.\d+)?\t[^\t\r]*\t[^\r]*$/.test(line);
}

/** Lines of `t_ms`, user, text; the text is everything after the second tab. A first line of names is passed over. */
export function tsvMapper(): RecordMapper<string> {
  return (line, position) => {
    const first = line.indexOf('\t');
    const second = line.indexOf('\t', first + 1);
    if (first < 0 || second < 0) return 'the line has fewer than three columns (t_ms, user, text)';
    const ms = numberOf(line.slice(0, first));
    if (ms === undefined && position === 1 && /^[A-Za-z_ #]+$/.test(line.slice(0, first))) {
      return [ignoredItem(position, 'names of the columns')];
    }
    const time = offsetTime(ms, 't_ms');
    const user = line.slice(first + 1, second);
    return [eventItem(position, time, '', chatEvent({ user, roles: rolesOf([], user) }, line.slice(second + 1)))];
  };
}
