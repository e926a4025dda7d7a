import type { Session } from '../adobe-pass/index.ts';
import type { Upstream } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { ask, authorized, type AuthorizedAsker } from './upstream.ts';

export interface SessionParameters {
  mvpd?: string;
  /** Replaces the app's default. */
  redirectUrl?: string;
}

export function sessionActivities(dependencies: Dependencies) {
  const { adobePass, app, waits } = dependencies;
  const parameters = (name: string, { mvpd, redirectUrl }: SessionParameters) => ({
    domainName: app(name).domainName,
    redirectUrl: redirectUrl ?? app(name).redirectUrl,
    ...(mvpd === undefined ? {} : { mvpd }),
  });

  return {
    /** Opens a session. Adobe ends the device's older one with it, so an older wait ends here too. */
    async createSession(
      asker: AuthorizedAsker,
      wanted: SessionParameters,
    ): Promise<Upstream<Session>> {
      const session = await ask(asker, async (call) =>
        adobePass.createSession(
          { ...(await authorized(dependencies, asker)), ...parameters(asker.app, wanted) },
          call,
        ),
      );
      // Not before: while Adobe gives no new code, the old one is still good.
      waits.stop(asker);
      return session;
    },

    /** Names the provider that a second screen chose for a waiting session. */
    async resumeSession(
      asker: AuthorizedAsker,
      code: string,
      wanted: SessionParameters,
    ): Promise<Upstream<Session>> {
      return ask(asker, async (call) =>
        adobePass.resumeSession(
          { ...(await authorized(dependencies, asker)), code, ...parameters(asker.app, wanted) },
          call,
        ),
      );
    },
  };
}
