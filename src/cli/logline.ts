/** A line of the log for people: `warning: what (field: value, ...)`; its time is now. */
export function logLine(json: string): string {
  const { level, time: _, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const told = Object.entries(fields).map(([name, value]) => {
    return `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return `${level === 'warn' ? 'warning' : level}: ${msg}${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
}
