/** The ten features of the scoring study as directly as they can be written, for small streams only. */
export interface SlowMessage {
  readonly second: number;
  readonly text: string;
}

const lists = {
  laugh: /^(?:(?:ha|he)+|l+o+l+|l+u+l+|x+d+)$/i,
  hype: /^(?:w+o+w+|omg+|pog\w*|clip|rip|gg+|n+o+)[!?.]*$/i,
  react: /^(?:(?:ha|he)+|l+o+l+|l+u+l+|x+d+|w+o+w+|omg|pog\w*|clip|gg+|no+|rip|damn)[!?.]*$/i,
};

interface Marks {
  readonly laugh: number;
  readonly hype: number;
  readonly react: number;
  readonly caps: number;
  readonly words: number;
  burst: number;
}

function marksOf(text: string): Marks {
  const tokens = text.split(' ');
  const letters = text.replace(/[^a-z]/gi, '');
  const capitals = letters.replace(/[^A-Z]/g, '');
  const any = (list: RegExp): number => (tokens.some((token) => list.test(token)) ? 1 : 0);
  const caps = letters.length >= 3 && capitals.length >= 0.8 * letters.length ? 1 : 0;
  return {
    laugh: any(lists.laugh),
    hype: any(lists.hype),
    react: any(lists.react),
    caps,
    words: tokens.length,
    burst: 0,
  };
}

const normal = (token: string): string =>
  token
    .toLowerCase()
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .replace(/(.)\1{2,}/g, '$1$1');

/** Whether one of the tokens was said much more in the seconds before than usual. */
function bursts(message: SlowMessage, earlier: readonly SlowMessage[]): boolean {
  const decayed = (list: readonly SlowMessage[], tau: number): number =>
    list.reduce((sum, one) => sum + Math.exp((one.second - message.second) / tau), 0);
  return [...new Set(message.text.split(' ').map(normal))].some((token) => {
    const with_ = earlier.filter((one) => one.text.split(' ').map(normal).includes(token));
    const now = decayed(with_, 12) / (decayed(earlier, 12) + 1);
    const before = (decayed(with_, 400) + 0.3) / (decayed(earlier, 400) + 30);
    return Math.log((now + 0.01) / (before + 0.01)) > 1;
  });
}

/** Features by name for each second from 0 to `seconds - 1`. */
export function slowFeatures(messages: readonly SlowMessage[], seconds: number): Record<string, number>[] {
  const marks = messages.map((message) => marksOf(message.text));
  messages.forEach((message, i) => {
    const own = marks[i];
    if (own !== undefined) own.burst = bursts(message, messages.slice(0, i)) ? 1 : 0;
  });
  const perSecond = (value: (m: Marks) => number): number[] =>
    Array.from({ length: seconds }, (_, t) =>
      messages.reduce((sum, message, i) => (message.second === t && marks[i] ? sum + value(marks[i]) : sum), 0),
    );
  const n = perSecond(() => 1);
  const of = (name: keyof Marks): number[] => perSecond((m) => m[name]);
  const within = (x: readonly number[], t: number, w: number): number =>
    x.slice(Math.max(0, t - w + 1), t + 1).reduce((a, b) => a + b, 0);
  const past = (x: readonly number[], t: number, w: number, tau: number): number =>
    x.slice(0, Math.max(0, t - w + 1)).reduce((sum, v, at) => sum + v * Math.exp((at - (t - w)) / tau), 0);
  const ones = n.map(() => 1);
  const surprise = (x: readonly number[], t: number, w: number): number => {
    const age = Math.max(0, t - w + 1);
    const overall = (x.slice(0, age).reduce((a, b) => a + b, 0) + 0.3) / (age + 30);
    const mean = (past(x, t, w, 300) + 30 * overall) / (past(ones, t, w, 300) + 30);
    return Math.asinh((within(x, t, w) - w * mean) / Math.sqrt(w * mean + 1));
  };
  const share = (x: readonly number[], t: number, w: number, prior: number, scale: number): number => {
    const before = (past(x, t, w, 600) + 10 * prior) / (past(n, t, w, 600) + 10);
    return ((within(x, t, w) + 4 * before) / (within(n, t, w) + 4) - before) / scale;
  };
  const bin = (t: number): number => Math.floor(40 * Math.log(1 + within(n, t, 10)));
  const rank = (t: number): number => {
    const history = Array.from({ length: Math.max(0, t - 60) }, (_, at) => bin(at));
    const below = history.filter((b) => b < bin(t)).length + history.filter((b) => b === bin(t)).length / 2;
    return -Math.log(1.003 - (below + 15) / (history.length + 30));
  };
  return Array.from({ length: seconds }, (_, t) => ({
    rank_10: rank(t),
    slope_15: Math.log((within(n, t, 15) + 1) / (within(n, t, 30) - within(n, t, 15) + 1)),
    react_10: surprise(of('react'), t, 10),
    hype_10: surprise(of('hype'), t, 10),
    hype_20: surprise(of('hype'), t, 20),
    laugh_20: surprise(of('laugh'), t, 20),
    caps_10: surprise(of('caps'), t, 10),
    words_15: share(of('words'), t, 15, 5, 4),
    hype_share_30: share(of('hype'), t, 30, 0.1, 1),
    burst_share_30: share(of('burst'), t, 30, 0.1, 1),
  }));
}
