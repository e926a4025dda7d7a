import { serviceProviderOf } from './access.ts';
import type { Answer, Call } from './call.ts';
import { domains, mvpds } from './catalog.ts';
import { readDeviceInfo } from './device-info.ts';
import { isApple } from './partner-status.ts';

/**
 * "Retrieve configuration": the channel's providers, nested as in the sample; on Apple's platforms with
 * what is known of them there.
 */
export function configuration(call: Call): Answer {
  const channel = serviceProviderOf(call);
  const info = readDeviceInfo(call.headers['x-device-info'] ?? '');
  const onApple = typeof info !== 'string' && isApple(info);
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
          ...(onApple && mvpds.get(id)?.apple
            ? { enablePlatformServices: true, ...mvpds.get(id)?.apple }
            : {}),
        })),
      },
    },
  };
}
