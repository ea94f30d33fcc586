/** Maps a range of values to a range of pixels. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  at(value: number): number;
}

/** A linear scale; a range of a single value is widened by `least` to both sides. */
export function scaleOf(
  domain: readonly [from: number, to: number],
  pixels: readonly [from: number, to: number],
  least: number,
): Scale {
  const widen = domain[0] < domain[1] ? 0 : least;
  const [from, to] = [domain[0] - widen, domain[1] + widen];
  const [first, last] = pixels;
  return { from, to, at: (value) => first + ((value - from) / (to - from)) * (last - first) };
}

/** Round values in a range, at most `most` of them, and the number of decimals that they need. */
export function roundTicks(
  from: number,
  to: number,
  most: number,
): { readonly values: readonly number[]; readonly decimals: number } {
  const raw = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  return { values: multiples(step, from, to), decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

/** Round times in a range of seconds, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): readonly number[] {
  const least = (to - from) / most;
  const step = timeSteps.find((seconds) => seconds >= least) ?? Math.ceil(least / 86_400) * 86_400;
  return multiples(step, from, to);
}

function multiples(step: number, from: number, to: number): readonly number[] {
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step + 0);
}

/** `h:mm:ss`, with a sign before the chat's zero. */
export function timeText(sec: number): string {
  const whole = Math.floor(Math.abs(sec));
  const two = (value: number): string => String(value).padStart(2, '0');
  const text = `${Math.floor(whole / 3_600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return sec < 0 && whole > 0 ? `-${text}` : text;
}
