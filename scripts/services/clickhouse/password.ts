/** Environment variable by which the server's process is told its password: a command line can be read by others. */
export const passwordVariable = 'CLIPTIDE_SERVICES_CLICKHOUSE_PASSWORD';
