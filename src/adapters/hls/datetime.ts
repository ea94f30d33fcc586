const shape = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * Milliseconds since 1970-01-01 UTC of a program date-time, or null when it is none. Recorders write it without a zone
 * (taken as UTC), with `+0000`, with a space, and with more digits than milliseconds.
 */
export function dateTimeMs(text: string): number | null {
  const match = shape.exec(text.trim());
  if (match === null) return null;
  const [, day, time, fraction = '0', zone = 'Z'] = match;
  const milliseconds = `${fraction}00`.slice(0, 3);
  const seconds = time?.length === 5 ? `${time}:00` : time;
  const parsed = Date.parse(`${day}T${seconds}.${milliseconds}${zoneOf(zone)}`);
  return Number.isNaN(parsed) ? null : parsed;
}

function zoneOf(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  const digits = zone.replace(':', '').padEnd(5, '0');
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}
