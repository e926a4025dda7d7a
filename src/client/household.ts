import type { UpdateDefinition } from '@temporalio/common';
import { ofDevice, seal } from '../sealing/index.ts';
import type { Subject } from '../service-tokens/index.ts';
import { checkRemoteLogout, checkRename } from '../workflows/household-requests.ts';
import * as messages from '../workflows/messages.ts';
import { type ClientContext, within } from './context.ts';
import { DevicePassError, invalidRequest } from './errors.ts';
import { findTvs, type FoundTv, lookAtTv } from './household-tvs.ts';
import { unseal, withEnd } from './standing.ts';

/** One TV of a household, as the others may know it. */
export interface HouseholdTv {
  /** For `rename` and `signOut`; the same for all that the TV does. */
  id: string;
  app: string;
  /** As the household calls it. */
  name?: string;
  model: string;
  /** Its last request. */
  lastSeenAt: Date;
  /** The TV that asks. */
  isThis: boolean;
  /** Absent: nobody is signed in on it. */
  signedIn?: { mvpd: messages.ChosenMvpd; type: string; expiresAt: Date };
}

/** What became of one TV when all were signed out. */
export interface SignedOutTv extends Pick<messages.LogoutAnswer, 'actions' | 'problem'> {
  id: string;
  /** `failed`: nobody could tell the TV; `problem` says why. */
  status: 'signed-out' | 'failed';
}

/** For whom a household is asked. */
export interface HouseholdOptions {
  who: Subject;
  /** The workflow of the TV that asks. */
  self?: string;
  /** What that TV brought along, where no tokens are made here. */
  token?: string | undefined;
}

const MOST_NAME = 60;

/**
 * The TVs of one household, for who may speak for it: a backend, or a TV that a backend vouched for.
 * Everything throws DevicePassError. A TV that came a moment ago may be missing.
 */
export class HouseholdClient {
  readonly #context: ClientContext;
  readonly #options: HouseholdOptions;

  constructor(context: ClientContext, options: HouseholdOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Those heard of last come first; 100 at most. */
  async tvs(): Promise<HouseholdTv[]> {
    const found = await this.#found();
    const tvs = await Promise.all(found.map((tv) => this.#opened(tv)));
    return tvs.toSorted((one, other) => other.lastSeenAt.getTime() - one.lastSeenAt.getTime());
  }

  /**
   * Calls a TV by a name of 60 characters at most; by none where it is empty.
   *
   * @throws DevicePassError `unknown_tv`, `invalid_request`
   */
  async rename(tvId: string, name: string): Promise<void> {
    const clear = nameOf(name);
    const tv = await this.#tv(tvId);
    const { keys } = this.#context;
    const sealed = clear && (await seal(keys, clear, ofDevice('tv-name', tv.identity)));
    const request = { household: tv.household.id, ...(sealed ? { name: sealed } : {}) };
    await this.#update(tv, messages.rename, request, checkRename);
  }

  /**
   * Signs one TV out and leaves the others signed in. What the answer wants done needs that TV's
   * browser, or any: it ends the session at the provider.
   *
   * @throws DevicePassError `unknown_tv`
   */
  async signOut(tvId: string, { redirectUrl }: { redirectUrl?: string } = {}) {
    return this.#signOut(await this.#tv(tvId), { redirectUrl });
  }

  /** Signs all TVs out: single logout at Adobe, and here each at once, whatever becomes of the others. */
  async signOutAll({ redirectUrl }: { redirectUrl?: string } = {}): Promise<SignedOutTv[]> {
    const found = await this.#found();
    const serviceToken = await this.#token();
    return Promise.all(
      found.map(async (tv) => {
        try {
          return { id: tv.id, ...(await this.#signOut(tv, { redirectUrl, serviceToken })) };
        } catch (error) {
          if (!(error instanceof DevicePassError)) throw error;
          const { code, action, message } = error;
          return { id: tv.id, status: 'failed', actions: [], problem: { code, action, message } };
        }
      }),
    );
  }

  /**
   * A TV signed out with the household's token: the others look whether Adobe has ended theirs too. What
   * fails is no matter, for their next decision tells them.
   */
  async tellOfLogout(mvpds: readonly string[]): Promise<void> {
    const { self } = this.#options;
    try {
      const serviceToken = await this.#token();
      const others = (await this.#found()).filter(
        ({ workflowId, standing }) =>
          workflowId !== self &&
          standing.status === 'signed-in' &&
          mvpds.includes(standing.profile.mvpd.id),
      );
      await Promise.all(others.map((tv) => this.#tell(tv, serviceToken)));
    } catch (error) {
      if (!(error instanceof DevicePassError)) throw error;
    }
  }

  async #tell(tv: FoundTv, serviceToken: string | undefined): Promise<void> {
    if (tv.standing.status !== 'signed-in') return;
    const told = {
      household: tv.household.id,
      mvpd: tv.standing.profile.mvpd.id,
      ...(await this.#tokensFor(tv, serviceToken)),
    };
    await within(this.#context, () =>
      this.#handle(tv.workflowId).signal(messages.endedElsewhere, told),
    );
  }

  async #signOut(
    tv: FoundTv,
    {
      redirectUrl,
      serviceToken,
    }: { redirectUrl?: string | undefined; serviceToken?: string | undefined },
  ): Promise<messages.LogoutAnswer> {
    const { keys } = this.#context;
    const request = {
      household: tv.household.id,
      ...(await this.#tokensFor(tv, serviceToken)),
      ...(await withEnd(keys, tv.identity, redirectUrl)),
    };
    return this.#update(tv, messages.remoteLogout, request, checkRemoteLogout);
  }

  async #tokensFor({ identity }: FoundTv, serviceToken: string | undefined) {
    if (serviceToken === undefined) return {};
    const binding = ofDevice('viewer-tokens', identity);
    return { viewerTokens: await seal(this.#context.keys, { serviceToken }, binding) };
  }

  async #token(): Promise<string | undefined> {
    const { serviceTokens } = this.#context;
    const { who, token } = this.#options;
    return serviceTokens?.makes ? serviceTokens.make(who.subject) : token;
  }

  /** By its id, and only of this household. */
  async #tv(tvId: string): Promise<FoundTv> {
    const tv = (await this.#found()).find(({ id }) => id === tvId);
    if (tv) return tv;
    throw new DevicePassError('unknown_tv', 'the household has no such TV: ask for the list anew');
  }

  /** The one that asks may be too new to be searched for. */
  async #found(): Promise<FoundTv[]> {
    const { who, self } = this.#options;
    const found = await findTvs(this.#context, who);
    if (self === undefined || found.some(({ workflowId }) => workflowId === self)) return found;
    const own = await lookAtTv(this.#context, who, self);
    return own ? [own, ...found] : found;
  }

  async #opened({ id, identity, household, standing, workflowId }: FoundTv): Promise<HouseholdTv> {
    const { name, model, lastSeenAt } = household;
    const binding = ofDevice('tv-name', identity);
    return {
      id,
      app: identity.app,
      ...(name ? { name: await unseal(this.#context.keys, name, binding) } : {}),
      model,
      lastSeenAt: new Date(lastSeenAt),
      isThis: workflowId === this.#options.self,
      ...(standing.status === 'signed-in'
        ? {
            signedIn: {
              mvpd: standing.profile.mvpd,
              type: standing.profile.type,
              expiresAt: new Date(standing.profile.notAfter),
            },
          }
        : {}),
    };
  }

  async #update<Ret, Arg>(
    { workflowId }: FoundTv,
    definition: UpdateDefinition<Ret, [Arg]>,
    request: Arg,
    check: (request: Arg) => void,
  ): Promise<Ret> {
    return within(this.#context, async () => {
      check(request);
      return this.#handle(workflowId).executeUpdate(definition, { args: [request] });
    });
  }

  #handle(workflowId: string) {
    return this.#context.temporal.workflow.getHandle(workflowId);
  }
}

/** Nothing that a screen would not show as it is. @throws DevicePassError `invalid_request` */
function nameOf(name: unknown): string {
  const clear = typeof name === 'string' ? name.trim().normalize('NFC') : undefined;
  if (clear === undefined || clear.length > MOST_NAME || /[\p{C}\p{Zl}\p{Zp}]/u.test(clear)) {
    throw invalidRequest(`name is none: give ${MOST_NAME} characters at most, on one line`);
  }
  return clear;
}
