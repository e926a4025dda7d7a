import formbody from '@fastify/formbody';
import type { Http } from '../context.ts';

/**
 * Forms, as OAuth posts them. A parameter that comes twice stays a list, which no schema takes
 * (RFC 6749, section 3.2); one without a value counts as left out (section 3.1).
 */
export async function addFormbody(app: Http): Promise<void> {
  await app.register(formbody, {
    parser: (text) => {
      const parameters = new URLSearchParams(text);
      const given = [...new Set(parameters.keys())].map((name) => {
        const [first, ...more] = parameters.getAll(name);
        return [name, more.length > 0 ? [first, ...more] : first] as const;
      });
      return Object.fromEntries(given.filter(([, value]) => value !== ''));
    },
  });
}
