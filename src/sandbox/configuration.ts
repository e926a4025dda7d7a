import { serviceProviderOf } from './access.ts';
import type { Answer, Call } from './call.ts';
import { domains, mvpds } from './catalog.ts';

/** "Retrieve configuration": the channel's providers, nested as in the sample. */
export function configuration(call: Call): Answer {
  const channel = serviceProviderOf(call);
  return {
    status: 200,
    json: {
      device: 'unknown',
      clientType: 'html5',
      os: 'unknown',
      requestor: {
        id: channel.id,
        name: channel.name,
        domains: domains.map((name) => ({ name, mvpdInitiated: false })),
        mvpds: channel.mvpds.map((id) => ({
          id,
          displayName: mvpds.get(id)?.displayName ?? id,
          logoUrl: `${call.origin}/mvpd/${id}/logo.svg`,
          ...(mvpds.get(id)?.isTempPass ? { isTempPass: true } : {}),
          ...(mvpds.get(id)?.authPerAggregator ? { authPerAggregator: true } : {}),
        })),
      },
    },
  };
}
