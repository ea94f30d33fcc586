import { basename } from 'node:path';
import type { StreamRanking } from '../../domain/records.gen.ts';
import { PlotFile } from './file.ts';
import { labelsOf } from './labels.ts';
import { plotSvg } from './plot.ts';
import type { PlotLabel } from './series.ts';
import { PlotWatch } from './watched.ts';

/** The plot of one chat file, from before it is scored until it is drawn. */
export class ChatPlot {
  private readonly file: PlotFile;
  private readonly title: string;
  private readonly labels: readonly PlotLabel[];
  private watched: PlotWatch | undefined;

  private constructor(file: PlotFile, title: string, labels: readonly PlotLabel[]) {
    this.file = file;
    this.title = title;
    this.labels = labels;
  }

  /** Rejects with `usage` or `space` where `file` cannot be written, with `input` for labels that are none. */
  static async open(file: string, chat: string): Promise<ChatPlot> {
    const labels = await labelsOf(chat);
    return new ChatPlot(await PlotFile.open(file, chat), basename(chat), labels);
  }

  /** Who looks on while the chat is scored. */
  readonly watch = (zeroAtMs: number): PlotWatch => {
    this.watched = new PlotWatch(zeroAtMs);
    return this.watched;
  };

  /** Resolves with the path of what was drawn; undefined where there was nothing to draw. */
  async draw(ranking: StreamRanking): Promise<string | undefined> {
    const series = this.watched?.series(this.title, ranking, this.labels);
    if (series === undefined) return undefined;
    await this.file.write(plotSvg(series));
    return this.file.path;
  }

  /** Takes away a folder that was made for a plot that did not come to be. */
  close(): Promise<void> {
    return this.file.giveUp();
  }
}
