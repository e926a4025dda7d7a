import type { AccessToken, ClientCredentials } from '../adobe-pass/index.ts';
import { needsResealing, ofDevice, seal, type Sealed } from '../sealing/index.ts';
import type { Upstream } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { ask, type Asker, openOnce, sealKnown, streamingDevice } from './upstream.ts';

export interface NewAccessToken {
  accessToken: Sealed<AccessToken>;
  /** ms since the epoch */
  expiresAt: number;
  /** The credentials sealed with the newest key, where an older one had sealed them. */
  resealed?: Sealed<ClientCredentials>;
}

export function registrationCalls(dependencies: Dependencies) {
  const { adobePass, keys, app } = dependencies;
  return {
    /** Registers this app installation: one pair of credentials each (DCR-01), kept for good. */
    async register(asker: Asker): Promise<Upstream<Sealed<ClientCredentials>>> {
      return ask(asker, async (call) => {
        const { softwareStatement } = app(asker.app);
        const device = await streamingDevice(dependencies, asker);
        const credentials = await adobePass.register({ softwareStatement, device }, call);
        return sealKnown(keys, asker, credentials, ofDevice('credentials', asker));
      });
    },

    /** A new access token for stored credentials; never a new registration (DCR-02). */
    async renewAccessToken(
      asker: Asker,
      sealedCredentials: Sealed<ClientCredentials>,
    ): Promise<Upstream<NewAccessToken>> {
      return ask(asker, async (call) => {
        const forCredentials = ofDevice('credentials', asker);
        const credentials = await openOnce(keys, asker, sealedCredentials, forCredentials);
        const device = await streamingDevice(dependencies, asker);
        const token = await adobePass.accessToken({ credentials, device }, call);
        return {
          accessToken: await sealKnown(keys, asker, token, ofDevice('access-token', asker)),
          expiresAt: token.expiresAt,
          ...(needsResealing(keys, sealedCredentials)
            ? { resealed: await seal(keys, credentials, forCredentials) }
            : {}),
        };
      });
    },
  };
}
