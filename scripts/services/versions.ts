/** Versions of what a cluster needs, natively and in containers; Redis by its major version, as Debian has it. */
export const versions = { kafka: '4.4.0', registry: '3.3.3', redis: '7', moto: '5.2.5' } as const;
