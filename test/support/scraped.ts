/** Metrics of a process, as Prometheus would scrape them. */
export class Scraped {
  readonly text: string;
  private readonly series: readonly { name: string; labels: Readonly<Record<string, string>>; value: number }[];

  constructor(text: string) {
    this.text = text;
    this.series = [...text.matchAll(/^([a-z_]+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
      name,
      labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, of]) => [label, of])),
      value: Number(value),
    }));
  }

  static async from(address: string): Promise<Scraped> {
    return new Scraped(await (await fetch(`${address}/metrics`)).text());
  }

  /** The sum over the series with these labels; undefined when there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.series.filter(
      (series) =>
        series.name === name && Object.entries(labels).every(([label, value]) => series.labels[label] === value),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
}
