import type { Collected } from '../../adapters/fetch/collect.ts';
import type { Foreign } from '../../adapters/fetch/foreign.ts';
import type { DamagedFile, Verified } from '../../adapters/fetch/verify.ts';
import { formatBytes } from '../bytes.ts';
import { printable } from '../printable.ts';
import { table } from '../table.ts';
import type { CacheStatus } from './status.ts';

export function statusText(status: CacheStatus): string {
  const { capBytes, usedBytes, reservedBytes, waiting, objects, missing, pinned, processes, flights, channels } =
    status;
  const ledgerBytes = status.ledgerBytes ?? 0;
  const lines = [
    `used      ${formatBytes(usedBytes)} of ${formatBytes(capBytes)}, ${counted(objects, 'file')} in the catalogue`,
    ...(missing === 0 ? [] : [missingLine(missing)]),
    ...(ledgerBytes === 0 ? [] : [differsLine(ledgerBytes)]),
    ...(status.foreign === 0 ? [] : [`foreign   ${foreignText(status)}`]),
    `reserved  ${formatBytes(reservedBytes)} for ${counted(flights.length, 'file')} on the way`,
    `in use    ${formatBytes(pinned.diskBytes)}, ${counted(pinned.objects, 'file')}`,
    `waiting   ${counted(waiting, 'lease')} for room`,
    `open in   ${counted(processes, 'process', 'processes')}`,
  ];
  const text = `${lines.join('\n')}\n`;
  if (channels.length === 0) return text;
  const columns = [
    { title: 'channel' },
    { title: 'files', align: 'right' },
    { title: 'size', align: 'right' },
  ] as const;
  const rows = channels.map(({ channelId, objects: files, diskBytes }) => [
    channelId ?? '(not known)',
    files,
    formatBytes(diskBytes),
  ]);
  return `${text}\n${table(columns, rows)}`;
}

export function verifiedText(found: Verified): string {
  const { objects, bytes, damaged, missing, adopted, strays, ledgerBytes } = found;
  const repairs = [
    damaged > 0 ? `removed ${counted(damaged, 'damaged file')}: ${whichText(found.damagedFiles)}` : '',
    missing > 0 ? `struck off ${counted(missing, 'file')} that ${missing === 1 ? 'is' : 'are'} not there` : '',
    adopted > 0 ? `took in ${counted(adopted, 'file')} that ${adopted === 1 ? 'was' : 'were'} not catalogued` : '',
    strays > 0 ? `removed ${counted(strays, 'stray file')}` : '',
    ledgerBytes !== 0 ? ledgerLine(ledgerBytes) : '',
  ].filter((line) => line !== '');
  const left = found.foreign === 0 ? [] : [`left alone ${foreignText(found)}`];
  const read = `read ${counted(objects, 'file')}, ${formatBytes(bytes)}`;
  return `${[read, ...(repairs.length === 0 ? ['all is right'] : repairs), ...left].join('\n')}\n`;
}

const mostNamed = 5;

/** Files by their channels; where those are not known, by their names. */
function whichText(files: readonly DamagedFile[]): string {
  const names = files.filter(({ channelId }) => channelId === null).map(({ name }) => `cache/${name}`);
  const channels = Map.groupBy(
    files.filter(({ channelId }) => channelId !== null),
    ({ channelId }) => channelId ?? '',
  );
  const more = names.length > mostNamed ? [`${names.length - mostNamed} more of channels that are not known`] : [];
  const known = [...channels].map(([channelId, some]) => `${some.length} of ${printable(channelId)}`);
  return [...known, ...names.slice(0, mostNamed), ...more].join(', ');
}

export function collectedLine({ freedBytes, strays }: Collected): string {
  const also = strays > 0 ? `, removed ${counted(strays, 'stray file')}` : '';
  return `freed ${formatBytes(freedBytes)}${also}\n`;
}

const foreignText = ({ foreign, foreignBytes }: Foreign): string =>
  `${formatBytes(foreignBytes)}, ${counted(foreign, 'entry', 'entries')} that ${foreign === 1 ? 'is' : 'are'} not Cliptide's`;

const missingLine = (count: number): string =>
  `missing   ${counted(count, 'file')} of these: "cliptide cache verify" strikes ${count === 1 ? 'it' : 'them'} off`;

const differsLine = (bytes: number): string =>
  `differs   the ledger counts ${formatBytes(Math.abs(bytes))} too ${bytes > 0 ? 'much' : 'little'}: "cliptide cache verify" sets it right`;

const ledgerLine = (bytes: number): string =>
  `set the ledger, which counted ${formatBytes(Math.abs(bytes))} too ${bytes > 0 ? 'much' : 'little'}`;

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
