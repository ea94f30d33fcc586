import { Agent } from 'node:https';
import { COMPATIBILITY, SchemaRegistry as ConfluentClient, SchemaType } from '@kafkajs/confluent-schema-registry';
import { CliptideError } from '../../domain/errors.ts';
import type { SchemaRegistry } from '../../ports/codec.ts';

/** How to reach a registry with Confluent's API; the password stays in here and is never printed. */
export interface RegistryConnection {
  /** Such as `http://registry:8080/apis/ccompat/v7`. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** Authorities as PEM, where not the system's. */
  readonly ca?: string;
  /** Stands before every subject. */
  readonly prefix: string;
}

/** The registry, for whoever registers schemas. */
export interface ConfluentRegistry extends SchemaRegistry {
  /** Whether a schema goes with the newest version of a subject; also where there is none. */
  isCompatible(subject: string, schema: string): Promise<boolean>;
  /** Every subject under the prefix. */
  subjects(): Promise<readonly string[]>;
}

/**
 * The client has no time-out of its own. A registry that has just begun, or is busy, takes seconds to answer, and
 * Apicurio 3.3.3 was seen to take a request and never to answer it, while it answered others: it is asked again.
 */
const timeoutMs = 5_000;
const mostTries = 3;
/** So long it is not asked again for an id that it did not have: one poison record must not ask for every record. */
const unknownForMs = 5_000;
const retry = { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 };

interface Response<T> {
  data(): T;
}

/** The parts of the client that are not in its types. */
interface Api {
  readonly Subject: {
    version(at: {
      readonly subject: string;
      readonly version: number | 'latest';
    }): Promise<Response<{ readonly id: number; readonly version: number; readonly schema: string }>>;
    compatible(question: {
      readonly subject: string;
      readonly version: 'latest';
      readonly body: { readonly schema: string };
    }): Promise<Response<{ readonly is_compatible: boolean }>>;
    all(): Promise<Response<readonly string[]>>;
  };
  readonly Schema: { find(by: { readonly id: number }): Promise<Response<{ readonly schema: string }>> };
}

/** A schema registry with Confluent's API, such as Apicurio's or Confluent's own. */
export function confluentRegistry({ url, auth, ca, prefix }: RegistryConnection): ConfluentRegistry {
  const client = new ConfluentClient({
    host: url,
    clientId: 'cliptide',
    retry,
    middlewares: [() => ({ request: (request) => request.enhance({ timeout: timeoutMs }) })],
    ...(auth === undefined ? {} : { auth }),
    ...(ca === undefined ? {} : { agent: new Agent({ ca }) }),
  });
  const { api } = client as unknown as { readonly api: Api };
  const subjectOf = (subject: string): string => `${prefix}${subject}`;
  const unknown = new Map<number, number>();
  return {
    register: (subject, schema) =>
      asking(url, subjectOf(subject), async () => {
        // Both ways, so that versions N and N+1 of Cliptide can work beside each other during a rolling restart.
        const options = { subject: subjectOf(subject), compatibility: COMPATIBILITY.FULL };
        const { id } = await client.register({ type: SchemaType.AVRO, schema }, options);
        return id;
      }),
    byId: (id) =>
      asking(url, `schema ${id}`, async () => {
        if ((unknown.get(id) ?? Number.NEGATIVE_INFINITY) > performance.now() - unknownForMs) return undefined;
        const found = await orUndefined(api.Schema.find({ id }));
        if (found === undefined) unknown.set(id, performance.now());
        return found?.schema;
      }),
    versions: (subject) => asking(url, subjectOf(subject), () => versionsOf(api, subjectOf(subject))),
    isCompatible: (subject, schema) =>
      asking(url, subjectOf(subject), async () => {
        const question = { subject: subjectOf(subject), version: 'latest', body: { schema } } as const;
        return (await orUndefined(api.Subject.compatible(question)))?.is_compatible ?? true;
      }),
    subjects: () =>
      asking(url, subjectOf('*'), async () => {
        const all = (await api.Subject.all()).data();
        return all.filter((subject) => subject.startsWith(prefix)).map((subject) => subject.slice(prefix.length));
      }),
  };
}

/** Every version that is still there, oldest first; the client knows no call that lists them. */
async function versionsOf(api: Api, subject: string): Promise<{ readonly id: number; readonly schema: string }[]> {
  const latest = await orUndefined(api.Subject.version({ subject, version: 'latest' }));
  const found: { id: number; schema: string }[] = [];
  for (let version = 1; version < (latest?.version ?? 0); version++) {
    const one = await orUndefined(api.Subject.version({ subject, version }));
    if (one !== undefined) found.push({ id: one.id, schema: one.schema });
  }
  if (latest !== undefined) found.push({ id: latest.id, schema: latest.schema });
  return found;
}

async function orUndefined<T>(response: Promise<Response<T>>): Promise<T | undefined> {
  try {
    return (await response).data();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 0;

/** Every step may be taken twice: a schema that is registered again keeps its id. */
async function answered<T>(step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await step();
    } catch (error) {
      if (tries === mostTries || !isTimeout(error)) throw error;
    }
  }
}

/** The client tells it by its text alone. */
const isTimeout = (error: unknown): boolean => error instanceof Error && /Timeout \(\d+ms\)$/.test(error.message);

async function asking<T>(url: string, what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await answered(step);
  } catch (error) {
    const status = statusOf(error);
    const where = `${new URL(url).origin}, ${what}`;
    const message = error instanceof Error ? error.message : String(error);
    if (status === 401 || status === 403) {
      const hint = 'check registry.username and registry.password';
      throw new CliptideError('forbidden', 'the schema registry refuses us', { where, hint, cause: error });
    }
    if (status === 409 || status === 422) {
      const hint = 'a field may be added or removed only with a default';
      const reason = `the registry refuses the schema as incompatible with an earlier version (${message})`;
      throw new CliptideError('schema', reason, { where, hint, cause: error });
    }
    const hint = 'check that the registry runs and can be reached at registry.url (CLIPTIDE_REGISTRY_URL)';
    throw new CliptideError('unavailable', 'the schema registry cannot be asked', { where, hint, cause: error });
  }
}
