import { provenUrl } from '../sealing/index.ts';
import type { LogoutAction } from '../workflows/messages.ts';
import type { Upstream } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { ask, authorized, type AuthorizedAsker } from './upstream.ts';

export function logoutCalls(dependencies: Dependencies) {
  const { adobePass, app, keys } = dependencies;
  return {
    /**
     * Deletes the profile at Adobe and says what the device has to do (LO-02). Only ever called
     * because a person asked for it (LO-05).
     */
    async logout(
      asker: AuthorizedAsker,
      mvpd: string,
      redirectUrl?: string,
    ): Promise<Upstream<LogoutAction[]>> {
      return ask(asker, async (call) => {
        const common = await authorized(dependencies, asker, mvpd);
        const end =
          redirectUrl === undefined
            ? app(asker.app).redirectUrl
            : await provenUrl(keys, redirectUrl, asker);
        return adobePass.logout({ ...common, mvpd, redirectUrl: end }, call);
      });
    },
  };
}
