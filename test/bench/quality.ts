// Writes QUALITY.md anew: node test/bench/quality.ts
import { writeFile } from 'node:fs/promises';
import { measuredQuality, qualityFile, qualityText } from './qualitytable.ts';

const figures = await measuredQuality();
if (figures === null) {
  process.stderr.write('The chat sets that the project is measured on are not here.\n');
  process.exitCode = 2;
} else {
  await writeFile(qualityFile, qualityText(figures));
  process.stdout.write(`wrote ${figures.length} figures\n`);
}
