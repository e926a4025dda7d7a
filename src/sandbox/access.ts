import { mvpds, serviceProviders } from './catalog.ts';
import type { Mvpd, ServiceProvider } from './catalog.ts';
import { Refusal } from './call.ts';
import type { Call } from './call.ts';
import { refusal, unauthorized } from './errors.ts';
import { deviceOf } from './header-check.ts';
import { platformIdentity } from './platform-identity.ts';
import { subjectOf } from './service-token.ts';
import type { Binding, Client, State } from './state.ts';

/** The client and channel a request acts for; throws the refusals of a bad token or channel. */
export function checkAccess(call: Call, state: State): void {
  const visitor = call.headers['ap-visitor-identifier'];
  if (visitor) state.secrets.add(visitor);
  const client = clientOf(call, state);
  if (!client.scopes.includes('api:client:v2')) {
    throw refusal('invalid_access_token_client_application');
  }
  const serviceProvider = serviceProviderOf(call);
  if (!client.serviceProviders.includes(serviceProvider.id)) {
    throw refusal('invalid_access_token_service_provider');
  }
}

function clientOf(call: Call, state: State): Client {
  const [, bearer] = /^Bearer (\S+)$/i.exec(call.headers['authorization'] ?? '') ?? [];
  if (bearer === undefined) throw new Refusal(unauthorized);
  state.secrets.add(bearer);
  const issued = state.tokens.get(bearer);
  const client = issued && state.clients.get(issued.clientId);
  if (client?.revoked) throw refusal('invalid_access_token_client_application');
  if (issued === undefined || client === undefined || issued.expiresAt <= Date.now()) {
    throw new Refusal(unauthorized);
  }
  return client;
}

/** The channel of the path. */
export function serviceProviderOf(call: Call): ServiceProvider {
  const id = call.params['serviceProvider'] ?? '';
  const found = serviceProviders.get(id);
  if (found === undefined) throw refusal('invalid_parameter_service_provider', `got '${id}'`);
  return found;
}

/** An MVPD the channel has an active integration with. */
export function integratedMvpd(id: string, serviceProvider: string): Mvpd {
  const found = mvpds.get(id);
  if (found === undefined) throw refusal('invalid_parameter_mvpd', `got '${id}'`);
  if (!serviceProviders.get(serviceProvider)?.mvpds.includes(id)) {
    throw refusal('invalid_integration', `${serviceProvider} has no integration with ${id}`);
  }
  return found;
}

/** The application, device and channel a checked call speaks for. */
export function bindingOf(call: Call, state: State): Binding {
  return {
    clientId: clientOf(call, state).id,
    device: deviceOf(call).device,
    serviceProvider: serviceProviderOf(call).id,
    platform: platformIdentity(call, state),
    subject: subjectOf(call, state),
  };
}
