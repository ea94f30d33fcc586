/** The same bounds as scoring's: what lies further ahead of its clock is held back, and never followed. */
const jumpMs = 600_000;
const farthestMs = 7 * 24 * 3_600_000;

/** So many of the events that follow are asked; a tenth of them may be out of order. */
const asked = 100;
const outOfOrder = 0.1;
const severalUsers = 2;

export interface TimedEvent {
  readonly atMs: number;
  /** Who acted, or empty. */
  readonly user: string;
}

/**
 * Tells a recorded chat's silences of more than ten minutes from wild time stamps. On air such a silence is marked by
 * the wall clock; in a recording, what follows shows it: several users go on from there, and nobody from before. Without
 * marks scoring would wait for three users within ten minutes, and a small channel would lose the rest of its chat.
 */
export class QuietTimes {
  private clockMs: number;
  private readonly users = new Set<string>();

  /** `startMs`: where the broadcast's clock begins. */
  constructor(startMs: number) {
    this.clockMs = startMs;
  }

  /** Event time as it stands, in milliseconds; what lies ahead of it was not followed. */
  get nowMs(): number {
    return this.clockMs;
  }

  /** Times at which silence is to be marked before the next event, for the clock to reach it; mostly none. */
  before(event: TimedEvent, following: Iterable<TimedEvent>): readonly number[] {
    const marks: number[] = [];
    if (event.atMs > this.clockMs + jumpMs && this.isSilence(event, following)) {
      for (let atMs = this.clockMs + jumpMs; atMs < event.atMs; atMs += jumpMs) marks.push(atMs);
      this.clockMs = event.atMs;
    }
    if (event.atMs <= this.clockMs + jumpMs) this.clockMs = Math.max(this.clockMs, event.atMs);
    if (event.user !== '' && this.users.size < severalUsers) this.users.add(event.user);
    return marks;
  }

  private isSilence(event: TimedEvent, following: Iterable<TimedEvent>): boolean {
    if (event.atMs > this.clockMs + farthestMs) return false;
    const users = new Set([event.user]);
    let seen = 0;
    let before = 0;
    for (const { atMs, user } of following) {
      if (seen === asked) break;
      seen += 1;
      if (atMs <= this.clockMs + jumpMs) before += 1;
      else if (Math.abs(atMs - event.atMs) <= farthestMs) users.add(user);
    }
    users.delete('');
    return users.size >= this.users.size && before <= seen * outOfOrder;
  }
}
