import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import { streamIdOf } from '../recording/broadcast.ts';
import type { PlotLabel } from './series.ts';

/** Where the labels of a chat file would be: `NAME.labels.tsv` beside `NAME.chat.tsv.gz`. */
const labelsPath = (chat: string): string => join(dirname(chat), `${streamIdOf(chat)}.labels.tsv`);

/**
 * The labels that people gave a chat file's broadcast (start and end in seconds, `highlight` or `rejected`); none where
 * there is no such file. Rejects with `input` and the line for what is not that.
 */
export async function labelsOf(chat: string): Promise<readonly PlotLabel[]> {
  const path = labelsPath(chat);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw new CliptideError('input', `the labels cannot be read (${cause.code})`, { where: path, cause });
  });
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [labelOf(line, `${path}, line ${index + 1}`)]));
}

function labelOf(line: string, where: string): PlotLabel {
  const [start = '', end = '', kind] = line.trimEnd().split('\t');
  const [startSec, endSec] = [start, end].map((text) => (text === '' ? Number.NaN : Number(text)));
  const isRange =
    startSec !== undefined && endSec !== undefined && startSec <= endSec && Number.isFinite(endSec - startSec);
  if (isRange && (kind === 'highlight' || kind === 'rejected')) return { startSec, endSec, kind };
  throw new CliptideError('input', 'this is no label', {
    where,
    hint: 'write start and end in seconds and "highlight" or "rejected", with tabs between them; or move the file away',
  });
}
