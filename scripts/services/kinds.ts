import { clickhouse } from './clickhouse/daemon.ts';
import { kafka } from './kafka/daemon.ts';
import type { ServiceKind } from './kind.ts';
import { redis } from './redis.ts';
import { registry } from './registry.ts';
import { s3 } from './s3/daemon.ts';
import type { Service } from './state.ts';

export const kinds: Readonly<Record<Service, ServiceKind>> = { kafka, registry, redis, clickhouse, s3 };
