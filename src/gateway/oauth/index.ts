import type { Gateway, Http } from '../context.ts';
import { watchMethods } from '../plugins/allowed-methods.ts';
import { addOAuthBodies } from './bodies.ts';
import { addDeviceAuthorization } from './device-authorization.ts';
import { sendOAuthError } from './errors.ts';
import { addMetadata } from './metadata.ts';
import { addRegistration } from './registration.ts';
import { addRevocation } from './revocation.ts';
import { addToken } from './token.ts';

/** The OAuth endpoints; all answers and errors are JSON, and none may be kept by a cache. */
export async function addOAuth(app: Http, gateway: Gateway): Promise<void> {
  await app.register(async (scope) => {
    scope.setErrorHandler(sendOAuthError);
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('pragma', 'no-cache');
    });
    const oauth: Http = scope.withTypeProvider();
    addOAuthBodies(oauth);
    const refuseOtherMethods = watchMethods(oauth);
    addMetadata(oauth, gateway);
    addRegistration(oauth, gateway);
    addDeviceAuthorization(oauth, gateway);
    addToken(oauth, gateway);
    addRevocation(oauth, gateway);
    refuseOtherMethods();
  });
}
