import type { FastifyInstance } from 'fastify';
import type { Health, RoleHealth } from '../../ports/health.ts';

/** A role in an answer. */
type Answer = Omit<RoleHealth, 'state'> & { readonly ready: boolean; readonly state: RoleHealth['state'] };

const answerFor = (role: RoleHealth): Answer => ({ ready: role.state === 'ready', ...role });

/**
 * `/healthz` says whether the process should go on: 503 when one of its stages has failed. `/readyz` says whether it
 * does its work: 503 while a role (`?role=NAME`: only that one, which is 404 where this process does not have it) has not
 * joined, not recovered, or is stopping. Both answer from memory.
 */
export function addHealth(app: FastifyInstance, health: Health): void {
  app.get('/healthz', async (_request, reply) => {
    const failed = [...health.roles()].filter(([, { state }]) => state === 'failed');
    reply.code(failed.length === 0 ? 200 : 503);
    return {
      healthy: failed.length === 0,
      failed: Object.fromEntries(failed.map(([name, { reason }]) => [name, reason])),
    };
  });
  app.get<{ Querystring: { role?: string } }>('/readyz', readyzSchema, async (request, reply) => {
    const { role: wanted } = request.query;
    const all = [...health.roles()];
    const roles = wanted === undefined ? all : all.filter(([name]) => name === wanted);
    if (wanted !== undefined && roles.length === 0) {
      reply.code(404);
      return {
        ready: false,
        reason: `this process has no role ${wanted}; it has ${all.map(([name]) => name).join(', ')}`,
      };
    }
    const ready = roles.every(([, { state }]) => state === 'ready');
    reply.code(ready ? 200 : 503);
    return { ready, roles: Object.fromEntries(roles.map(([name, role]) => [name, answerFor(role)])) };
  });
}

const readyzSchema = {
  schema: { querystring: { type: 'object', properties: { role: { type: 'string', maxLength: 64 } } } },
};
