/** Seconds of a time as players show it, `h:mm:ss` or `m:ss`, which may be negative; undefined for anything else. */
export function clockSeconds(text: string): number | undefined {
  const clock = /^(-?)(?:(\d+):)?(\d{1,2}):([0-5]\d(?:\.\d+)?)$/.exec(text.trim());
  if (clock === null) return undefined;
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = clock;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
}
