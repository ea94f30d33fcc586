import type { Kafka, KafkaConfig, SASLOptions } from 'kafkajs';
import type { Logger } from '../../ports/logger.ts';
import { connectOnce, kafkajs, quietIdleTimers } from './internals.ts';

/** How to reach a cluster; secrets stay in here and are never printed. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** TLS: `true` for the system's authorities, or authorities and a client's certificate as PEM. */
  readonly tls?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** Retries of one request; what is above them is patient on its own. About ten seconds in all. */
export const requestRetry = { retries: 8, initialRetryTime: 100, maxRetryTime: 2_000 };

export function openKafka(connection: KafkaConnection, logger: Logger): Kafka {
  quietIdleTimers();
  connectOnce();
  const config: KafkaConfig = {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: requestRetry,
    logLevel: kafkajs.logLevel.WARN,
    // What goes wrong reaches its caller as an error; kafkajs' own lines are for the search of a cause.
    logCreator:
      () =>
      ({ namespace, log }) =>
        logger.debug(`kafkajs: ${log.message}`, { namespace, error: log.error }),
  };
  if (connection.tls) config.ssl = connection.tls === true ? true : { ...connection.tls };
  if (connection.sasl) config.sasl = connection.sasl as SASLOptions;
  return new kafkajs.Kafka(config);
}
