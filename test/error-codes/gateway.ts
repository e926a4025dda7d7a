import fastify from 'fastify';
import type { DevicePassError } from '../../src/client.ts';
import { sendProblem } from '../../src/gateway/api/problem.ts';
import type { Came } from './walk.ts';

/** What the gateway's API answers with, as it does whatever the client throws at it. */
export async function problemFor(error: DevicePassError): Promise<Record<string, unknown>> {
  const app = fastify();
  app.setErrorHandler(sendProblem);
  app.get('/', () => {
    throw error;
  });
  return (await app.inject('/')).json<Record<string, unknown>>();
}

/** The status with which the gateway hands it on. A code that leads nowhere is a 404. */
export async function gatewayStatusOf(came: Came): Promise<unknown> {
  if ('error' in came) return (await problemFor(came.error))['status'];
  return Object(came.value).status === 'unknown' ? 404 : 200;
}
