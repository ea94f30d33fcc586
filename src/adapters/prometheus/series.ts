type Labels = Readonly<Record<string, string>>;

interface Series {
  readonly labels: Labels;
  value: number;
}

/** The current value of every series, to be read at once: prom-client gives its own asynchronously only. */
export class SeriesTable {
  readonly #byName = new Map<string, Map<string, Series>>();

  of(name: string, labels: Labels): Series {
    let all = this.#byName.get(name);
    if (all === undefined) {
      all = new Map();
      this.#byName.set(name, all);
    }
    const key = Object.keys(labels)
      .sort()
      .map((label) => labels[label])
      .join('\0');
    let series = all.get(key);
    if (series === undefined) {
      series = { labels: { ...labels }, value: 0 };
      all.set(key, series);
    }
    return series;
  }

  /** Drops the series of a name that have all of these labels; returns the labels of each. */
  forget(name: string, labels: Labels): Labels[] {
    const all = this.#byName.get(name);
    const wanted = Object.entries(labels);
    const dropped: Labels[] = [];
    for (const [key, series] of all ?? []) {
      if (!wanted.every(([label, value]) => series.labels[label] === value)) continue;
      all?.delete(key);
      dropped.push(series.labels);
    }
    return dropped;
  }
}
