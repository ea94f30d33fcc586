// Prints "N passed, M failed" from vitest's JSON report: node scripts/passed.ts FILE [--none-skipped].
import { readFileSync } from 'node:fs';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly numPendingTests: number;
}

const report = JSON.parse(readFileSync(process.argv[2] ?? 0, 'utf8')) as Report;
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
process.stdout.write(`${report.numPassedTests} passed, ${report.numFailedTests} failed${skipped}\n`);
const wrongSkips = process.argv[3] === '--none-skipped' ? report.numPendingTests : 0;
if (report.numFailedTests + report.numFailedTestSuites + wrongSkips > 0) process.exitCode = 1;
