import { AdobePassError, type Session } from '../adobe-pass/index.ts';
import { ofSession, provenUrl, seal, type Sealed } from '../sealing/index.ts';
import type { Upstream } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { ask, authorized, type AuthorizedAsker, type CallNote } from './upstream.ts';

/** A session with a proof that it is the asking device's own; absent where there is no code. */
export interface OwnSession extends Session {
  proof?: Sealed<null>;
}

export interface SessionParameters {
  mvpd?: string;
  /** Replaces the app's default; with a proof. */
  redirectUrl?: string;
  /** Where Adobe refuses that one, the app's default is better than no session. */
  orDefaultRedirect?: boolean;
}

export function sessionCalls(dependencies: Dependencies) {
  const { adobePass, app, keys } = dependencies;
  const parameters = (name: string, { mvpd, redirectUrl }: SessionParameters) => ({
    domainName: app(name).domainName,
    redirectUrl: redirectUrl ?? app(name).redirectUrl,
    ...(mvpd === undefined ? {} : { mvpd }),
  });

  /** Adobe's checks of addresses grow stricter. A code leads to its TV without one of ours too. */
  const withRedirect = async (
    asker: AuthorizedAsker,
    { redirectUrl: given, orDefaultRedirect, ...wanted }: SessionParameters,
    note: (about: CallNote) => void,
    send: (wanted: SessionParameters) => Promise<Session>,
  ): Promise<Session> => {
    if (given === undefined) return send(wanted);
    const redirectUrl = await provenUrl(keys, given, asker);
    try {
      return await send({ ...wanted, redirectUrl });
    } catch (error) {
      const isRefused =
        error instanceof AdobePassError && error.code === 'invalid_parameter_redirect_url';
      if (!isRefused || !orDefaultRedirect) throw error;
      const session = await send(wanted);
      note({
        note: `only after the redirectUrl was refused, with the app's own: ${error.message}`,
      });
      return session;
    }
  };

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
    /** Opens a session. Adobe ends the device's older one with it. */
    async createSession(
      asker: AuthorizedAsker,
      wanted: SessionParameters,
    ): Promise<Upstream<OwnSession>> {
      const session = await ask(asker, async (call, note) => {
        const common = await authorized(dependencies, asker, wanted.mvpd);
        return withRedirect(asker, wanted, note, (given) =>
          adobePass.createSession({ ...common, ...parameters(asker.app, given) }, call),
        );
      });
      return proven(asker, session);
    },

    /** What the partner's framework on the device is asked; or a code in place of it. */
    async partnerRequest(
      asker: AuthorizedAsker,
      partner: string,
      wanted: Omit<SessionParameters, 'mvpd'>,
    ): Promise<Upstream<OwnSession>> {
      const { value, calls } = await ask(asker, async (call, note) => {
        const common = { ...(await authorized(dependencies, asker)), partner };
        return withRedirect(asker, wanted, note, (given) =>
          adobePass.partnerRequest({ ...common, ...parameters(asker.app, given) }, call),
        );
      });
      return proven(asker, { value: withProviderMissing(value), calls });
    },

    /** Names the provider that a second screen chose for a waiting session. */
    async resumeSession(
      asker: AuthorizedAsker,
      code: string,
      wanted: SessionParameters,
    ): Promise<Upstream<OwnSession>> {
      const session = await ask(asker, async (call, note) => {
        const common = { ...(await authorized(dependencies, asker)), code };
        return withRedirect(asker, wanted, note, (given) =>
          adobePass.resumeSession({ ...common, ...parameters(asker.app, given) }, call),
        );
      });
      return proven(asker, session, code);
    },
  };
}

/** Without a provider there is no page to sign in: it is to be chosen for the code, as for any other. */
function withProviderMissing({ url, ...session }: Session): Session {
  const lacksProvider = session.action === 'authenticate' && session.mvpd === undefined;
  if (!lacksProvider) return url === undefined ? session : { ...session, url };
  return { ...session, action: 'resume', missingParameters: ['mvpd'] };
}
