import type { Session } from '../adobe-pass/index.ts';
import { ofSession, seal, type Sealed } from '../sealing/index.ts';
import type { Upstream } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { ask, authorized, type AuthorizedAsker } from './upstream.ts';

/** A session with a proof that it is the asking device's own; absent where there is no code. */
export interface OwnSession extends Session {
  proof?: Sealed<null>;
}

export interface SessionParameters {
  mvpd?: string;
  /** Replaces the app's default. */
  redirectUrl?: string;
}

export function sessionActivities(dependencies: Dependencies) {
  const { adobePass, app, keys, waits } = dependencies;
  const parameters = (name: string, { mvpd, redirectUrl }: SessionParameters) => ({
    domainName: app(name).domainName,
    redirectUrl: redirectUrl ?? app(name).redirectUrl,
    ...(mvpd === undefined ? {} : { mvpd }),
  });

  const proven = async (
    asker: AuthorizedAsker,
    { value, calls }: Upstream<Session>,
    code = value.code,
  ): Promise<Upstream<OwnSession>> => {
    if (code === undefined) return { value, calls };
    const shown =
      value.action === 'authenticate' && value.url ? { code, url: value.url } : { code };
    return { value: { ...value, proof: await seal(keys, null, ofSession(asker, shown)) }, calls };
  };

  return {
    /** Opens a session. Adobe ends the device's older one with it, so an older wait ends here too. */
    async createSession(
      asker: AuthorizedAsker,
      wanted: SessionParameters,
    ): Promise<Upstream<OwnSession>> {
      const session = await ask(asker, async (call) =>
        adobePass.createSession(
          { ...(await authorized(dependencies, asker)), ...parameters(asker.app, wanted) },
          call,
        ),
      );
      // Not before: while Adobe gives no new code, the old one is still good.
      waits.stop(asker);
      return proven(asker, session);
    },

    /** Names the provider that a second screen chose for a waiting session. */
    async resumeSession(
      asker: AuthorizedAsker,
      code: string,
      wanted: SessionParameters,
    ): Promise<Upstream<OwnSession>> {
      const session = await ask(asker, async (call) =>
        adobePass.resumeSession(
          { ...(await authorized(dependencies, asker)), code, ...parameters(asker.app, wanted) },
          call,
        ),
      );
      return proven(asker, session, code);
    },
  };
}
