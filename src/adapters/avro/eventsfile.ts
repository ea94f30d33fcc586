import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import avsc, { type Type } from 'avsc';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import type { EventsFiles, FiledBroadcast, FiledRecord } from '../../ports/eventsfile.ts';
import type { SchemaTexts } from './schemas.ts';
import { typeOf } from './types.ts';

const batchRecords = 1_000;
const blockBytes = 1 << 18;
const names = { streamId: 'cliptide.streamId', channelId: 'cliptide.channelId' } as const;
const times = { zeroAtMs: 'cliptide.zeroAtMs', endedAtMs: 'cliptide.endedAtMs' } as const;

/** Avro object container files (deflate), which any reader of Avro understands: the schema is in the header. */
export function avroEventsFiles(schemas: SchemaTexts): EventsFiles {
  const text = JSON.stringify(recordSchema(schemas));
  const type = typeOf(text);
  return {
    write: (path, broadcast, records, grow) => write(path, text, { broadcast, records, grow }),
    header: async (path) => broadcastOf(headerOf(path), path),
    read: (path) => read(path, type, text),
  };
}

/** A record of one of the three topics, each by its own schema, beside where it lay. */
function recordSchema(schemas: SchemaTexts): object {
  const nullable = (name: string, schema: 'channel.settings' | 'archive.events' | 'live.analytics') => ({
    name,
    type: ['null', JSON.parse(schemas.get(schema) ?? '"null"') as object],
    default: null,
    doc: `Set for a record of ${schema}.`,
  });
  return {
    type: 'record',
    name: 'FiledRecord',
    doc: 'A record of a broadcast: exactly one of settings, archive and event is set.',
    fields: [
      { name: 'partition', type: 'int', doc: 'Partition that it lay in.' },
      { name: 'offset', type: 'long', doc: 'Its offset there.' },
      { name: 'appendedAtMs', type: 'long', doc: 'When it was appended, milliseconds since 1970-01-01 UTC.' },
      nullable('settings', 'channel.settings'),
      nullable('archive', 'archive.events'),
      nullable('event', 'live.analytics'),
    ],
  };
}

interface Writing {
  readonly broadcast: FiledBroadcast;
  readonly records: AsyncIterable<readonly FiledRecord[]>;
  readonly grow: (bytes: number) => Promise<void>;
}

async function write(path: string, schema: string, { broadcast, records, grow }: Writing): Promise<void> {
  const text = (value: string | number): Buffer => Buffer.from(String(value));
  const metadata = Object.fromEntries([
    ...Object.entries(names).map(([field, name]) => [name, text(broadcast[field as keyof typeof names])]),
    ...Object.entries(times).map(([field, name]) => [name, text(broadcast[field as keyof typeof times])]),
  ]);
  // By chance the marker would make two files of one broadcast differ.
  const syncMarker = createHash('sha256').update(broadcast.streamId).digest().subarray(0, 16);
  const options = { codec: 'deflate', blockSize: blockBytes, syncMarker, metadata, writeHeader: 'always' as const };
  const encoder = new avsc.streams.BlockEncoder(JSON.parse(schema) as avsc.Schema, options);
  await pipeline(Readable.from(flat(records)), encoder, growing(grow), createWriteStream(path, { flags: 'wx' }));
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

async function* flat(records: AsyncIterable<readonly FiledRecord[]>): AsyncGenerator<FiledRecord> {
  for await (const batch of records) yield* batch;
}

/** Passes bytes on once there is room for them. */
function growing(grow: (bytes: number) => Promise<void>): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      grow(bytes).then(
        () => done(null, chunk),
        (error: unknown) => done(toCliptideError(error)),
      );
    },
  });
}

type Header = Readonly<Record<string, Buffer>>;

function headerOf(path: string): Header {
  try {
    return (avsc.extractFileHeader(path, { decode: false }) as { meta: Header }).meta;
  } catch (error) {
    throw damaged(path, error);
  }
}

function broadcastOf(meta: Header, path: string): FiledBroadcast {
  const text = (name: string): string => {
    const value = meta[name];
    if (value === undefined) throw damaged(path, new Error(`the header does not say ${name}`));
    return value.toString('utf8');
  };
  return {
    streamId: text(names.streamId),
    channelId: text(names.channelId),
    zeroAtMs: Number(text(times.zeroAtMs)),
    endedAtMs: Number(text(times.endedAtMs)),
  };
}

async function* read(path: string, type: Type, schema: string): AsyncGenerator<readonly FiledRecord[]> {
  const written = headerOf(path)['avro.schema']?.toString('utf8') ?? '';
  const options = written === schema ? {} : { readerSchema: type };
  const decoder = new avsc.streams.BlockDecoder({
    parseHook: (found) => (written === schema ? type : typeOf(JSON.stringify(found))),
    ...options,
  });
  let batch: FiledRecord[] = [];
  let hasEnded = false;
  try {
    const source = createReadStream(path, { highWaterMark: blockBytes });
    source.on('error', (error) => decoder.destroy(error));
    for await (const record of source.pipe(decoder) as AsyncIterable<FiledRecord>) {
      hasEnded = record.event?.kind === 'streamEnded';
      batch.push(record);
      if (batch.length < batchRecords) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    throw damaged(path, error);
  }
  if (!hasEnded) throw damaged(path, new Error("it ends before the broadcast's end"));
  if (batch.length > 0) yield batch;
}

function damaged(path: string, cause: unknown): CliptideError {
  return new CliptideError('corrupt', `this file of events cannot be read: ${toCliptideError(cause).message}`, {
    where: path,
    hint: 'remove it: the broadcast can be replayed while its topics still hold it',
    cause,
  });
}
