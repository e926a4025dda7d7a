import { hasSingleSignOn, stillGood } from '../adobe-pass/index.ts';
import type { DeviceIdentity } from '../device-identity.ts';
import * as messages from '../workflows/messages.ts';
import * as requests from '../workflows/requests.ts';
import { ofDevice, seal } from '../sealing/index.ts';
import type { PageRequest } from '../catalogue/index.ts';
import type { EntitledPage } from './catalogue.ts';
import { entitledPage } from './entitled-page.ts';
import { catalogueOf, type ClientContext, mustBeOpen, serviceTokensOf } from './context.ts';
import {
  type AuthenticateOptions,
  checkedDevice,
  type DeviceOptions,
  type RequestOptions,
  type WatchOptions,
} from './device-options.ts';
import { DeviceWorkflow } from './device-workflow.ts';
import { DevicePassError } from './errors.ts';
import { type Forgotten, forgetDevice, type ForgetOptions } from './forget.ts';
import { returnUrlOf } from './handle.ts';
import { type ProfileChoice, profileChoices } from './profile-choices.ts';
import { HouseholdClient } from './household.ts';
import { householdOf } from './household-id.ts';
import {
  openedRequest,
  type PartnerResponseOptions,
  type PartnerSignIn,
  type PartnerSignInOptions,
  sealedResponse,
} from './partner-sign-in.ts';
import { playTitle, type TitlePlay } from './play-title.ts';
import { opened, type Standing, unseal, withEnd } from './standing.ts';
import { sealedPlace } from './places.ts';
import { sealedAccount, seenBy } from './roku-account.ts';
import { sealedIdentity } from './temppass-identity.ts';
import { mustBeVerified, verificationOf, type VerifyOptions } from './verify-media-token.ts';
import { ViewerOnDevice } from './viewer-on-device.ts';
import { type UserMetadata, userMetadataOf } from './user-metadata.ts';
import { watching } from './watching.ts';

/** The media token of one play, or the reason why there is none. */
export type Play =
  | {
      status: 'permitted';
      resource: string;
      mvpd: string;
      source: string;
      mediaToken: messages.MediaToken;
    }
  | Extract<messages.AuthorizeAnswer, { status: 'denied' }>;

/**
 * One device. Every method throws `DevicePassError`; what happened to the device meanwhile is
 * never lost, so that a call may be repeated.
 */
export class DeviceClient {
  /** Id of the device's workflow: what an operator looks for in the Temporal UI. */
  readonly workflowId: string;
  readonly #context: ClientContext;
  readonly #options: DeviceOptions;
  readonly #workflow: DeviceWorkflow;
  readonly #viewer: ViewerOnDevice;

  /** @throws DevicePassError `invalid_request` for facts or an address that Adobe would not take */
  constructor(context: ClientContext, options: DeviceOptions) {
    this.#options = checkedDevice(options);
    this.#context = context;
    if (this.#options.household !== undefined) serviceTokensOf(context);
    this.#viewer = new ViewerOnDevice(context.serviceTokens, this.#options);
    this.#workflow = new DeviceWorkflow(context, this.#options);
    this.workflowId = this.#workflow.id;
  }

  /** Signs in, or gives a code to show. While a code is waiting, the same one. */
  async authenticate(options: AuthenticateOptions = {}): Promise<Standing> {
    const { requestId } = options;
    const asked = await this.#authenticateRequest(options);
    // One that is repeated is answered from memory: it would add nobody who watches.
    const expecting =
      requestId === undefined ? this.#context.deliveries.expecting(this.workflowId) : undefined;
    const request = expecting ? { ...asked, watcher: expecting.watcher } : asked;
    const check = requests.checkAuthenticate;
    const answered = expecting?.answered;
    return this.#standing(
      this.#workflow.firstContact(messages.authenticate, { request, check, requestId, answered }),
    );
  }

  async #authenticateRequest({
    redirectUrl,
    mvpd,
    restart,
    trial,
    tempPassIdentity,
    screen,
    place,
    statement,
  }: AuthenticateOptions): Promise<messages.AuthenticateRequest> {
    const endsAt = redirectUrl ?? (await returnUrlOf(this.#context, this.workflowId));
    return {
      ...(await this.#fromDevice()),
      ...(mvpd === undefined ? {} : { mvpd: chosen(mvpd) }),
      ...(restart === undefined ? {} : { restart }),
      ...(trial ? { trial } : {}),
      ...(await sealedIdentity(this.#context.keys, this.identity, {
        mvpd,
        trial,
        tempPassIdentity,
      })),
      ...(screen === undefined ? {} : { screen }),
      ...(await this.#endingAt(endsAt)),
      ...(await sealedPlace(this.#context.keys, this.identity, place)),
      ...(statement === undefined ? {} : { statement }),
    };
  }

  /**
   * Signs in by the framework of a partner on the device, such as Apple's; its status is among the
   * device's `viewerTokens`. Gives what the framework is to be asked, or where the device stands: signed
   * in, or with a code, where Adobe or that status wants one (`fallback` says why).
   *
   * (`rest-api-v2-single-sign-on-partner-flows`)
   */
  async partnerSignIn(options: PartnerSignInOptions = {}): Promise<PartnerSignIn> {
    const { requestId } = options;
    const request = await this.#partnerRequest(options);
    const check = requests.checkPartnerSignIn;
    const answer = await this.#workflow.firstContact(messages.partnerSignIn, {
      request,
      check,
      requestId,
    });
    if (answer.status !== 'partner') return opened(this.#context.keys, this.identity, answer);
    return openedRequest(this.#context.keys, this.identity, answer);
  }

  /**
   * Signs in with what the framework answered to `request`. Ask it for its status again before, and give
   * that among `viewerTokens`. What Adobe refuses of it leads to a code (`fallback`).
   *
   * @throws DevicePassError `invalid_request` for what is no SAML response
   */
  async partnerResponse({ samlResponse, ...options }: PartnerResponseOptions): Promise<Standing> {
    const { requestId } = options;
    const request = {
      ...(await this.#partnerRequest(options)),
      samlResponse: await sealedResponse(this.#context.keys, this.identity, samlResponse),
    };
    const check = requests.checkPartnerResponse;
    return this.#standing(
      this.#workflow.firstContact(messages.partnerResponse, { request, check, requestId }),
    );
  }

  async #partnerRequest({
    partner = 'Apple',
    ...login
  }: PartnerSignInOptions): Promise<messages.PartnerSignInRequest> {
    return { ...(await this.#authenticateRequest(login)), partner };
  }

  /** A second screen chose the provider for the code that the TV shows. */
  async resume(
    { code, mvpd, redirectUrl }: messages.ResumeRequest,
    { requestId }: RequestOptions = {},
  ): Promise<Standing> {
    const end = await this.#endingAt(redirectUrl);
    const request: messages.ResumeRequest = { code, mvpd: chosen(mvpd), ...end };
    const check = requests.checkResume;
    return this.#standing(this.#workflow.update(messages.resume, { request, check, requestId }));
  }

  /**
   * Changes as they come, beginning with where the device stands now, or with the answer to
   * `authenticate`. While somebody iterates, the device counts as watched: a code that runs out is
   * followed by a new one.
   */
  watch({ authenticate, ...wanted }: WatchOptions = {}): AsyncGenerator<Standing, void, undefined> {
    const request = authenticate && (async () => this.#authenticateRequest(authenticate));
    return watching(this.#context, this.#workflow, { ...wanted, authenticate: request });
  }

  /** What the viewer may probably watch: for filtering, never for playback. 500 resources at most. */
  async preauthorize(
    resources: string[],
    { refresh }: { refresh?: boolean } = {},
  ): Promise<messages.DecisionAnswer[]> {
    const request = {
      ...(await this.#fromDevice()),
      resources,
      ...(refresh === undefined ? {} : { refresh }),
    };
    const check = requests.checkDecisions;
    return this.#workflow.update(messages.preauthorize, { request, check });
  }

  /**
   * Asks before a play. The media token is for this one play, so each call asks Adobe anew. With
   * `verify` a play comes back only if its stream may be released. Where Adobe wants the viewer to sign
   * in again, or has forgotten the registration, the play is denied with the action `authentication`.
   *
   * @throws DevicePassError with `verify`: `media_token_invalid`, `media_token_unverified`,
   *   `no_media_token_verifier`
   */
  async authorize(resource: string, options: VerifyOptions = {}): Promise<Play> {
    if (options.verify) verificationOf(this.#context);
    const request = { ...(await this.#fromDevice()), resource };
    const check = requests.checkAuthorize;
    const answer = await this.#workflow.update(messages.authorize, { request, check });
    if (answer.status === 'denied') return answer;
    const forPlay = ofDevice('media-token', this.identity, resource);
    const mediaToken = await unseal(this.#context.keys, answer.mediaToken, forPlay);
    if (options.verify) {
      const { serviceProvider } = options;
      const question = { token: mediaToken.value, resource };
      const channel = serviceProvider === undefined ? {} : { serviceProvider };
      await mustBeVerified(this.#context, { ...question, ...channel });
    }
    return { ...answer, mediaToken };
  }

  /**
   * The profiles that Adobe shows for this device now, the longest validity first: to let a viewer choose
   * (ATN-16). Then `authenticate` with the provider of one; no login is needed for it.
   */
  async profiles(): Promise<ProfileChoice[]> {
    const request = await this.#fromDevice();
    const check = requests.checkFromDevice;
    return profileChoices(this.#workflow.update(messages.profiles, { request, check }));
  }

  /**
   * Signs the viewer out. Follow the actions of the answer on the device. With a service token that is
   * for all devices of the household that the provider's single sign-on signed in.
   */
  async logout({
    requestId,
    redirectUrl,
  }: RequestOptions & { redirectUrl?: string } = {}): Promise<messages.LogoutAnswer> {
    const request = {
      ...(await this.#fromDevice()),
      ...(await this.#endingAt(redirectUrl)),
    };
    const check = requests.checkLogout;
    const answer = await this.#workflow.update(messages.logout, { request, check, requestId });
    const mvpds = answer.actions.map(({ mvpd }) => mvpd);
    if (mvpds.length > 0) await (await this.#household())?.tellOfLogout(mvpds);
    return answer;
  }

  /**
   * Forgets the device for good, signed in or not: the viewer is signed out here, tokens end, and all that
   * Temporal keeps of it is deleted. What Adobe's Privacy Service takes comes back, and is kept nowhere:
   * Adobe can be told of who is signed in only ("How to make a privacy request"). May be repeated.
   *
   * @throws DevicePassError `invalid_request`; `sealed_value` where this process lacks the key: then
   *   nothing was done
   */
  async forget(options: ForgetOptions = {}): Promise<Forgotten> {
    return forgetDevice(this.#context, this.#workflow, options);
  }

  /** Nobody wants the code any more. */
  async abandon({ requestId }: RequestOptions = {}): Promise<Standing> {
    return this.#standing(this.#workflow.plainUpdate(messages.abandon, requestId));
  }

  /**
   * The word of the one in front of the TV on a browser that waits (`confirmation`); no ends the code.
   *
   * @throws DevicePassError `unknown_confirmation` when nobody waits for it any more
   */
  async confirm(request: messages.ConfirmRequest): Promise<Standing> {
    const check = requests.checkConfirm;
    return this.#standing(this.#workflow.update(messages.confirm, { request, check }));
  }

  /**
   * A page of the catalogue with what the viewer may watch of it. Whatever Adobe doesn't answer is
   * `unknown`; only AEM can make it fail.
   *
   * @throws DevicePassError `no_catalogue`, `catalogue_unavailable`
   */
  async catalogue(request?: PageRequest): Promise<EntitledPage> {
    mustBeOpen(this.#context);
    return entitledPage(catalogueOf(this.#context), this, request);
  }

  /** Plays a title of the catalogue, by Adobe's word and by your own rules. Each call asks anew. */
  async play(wanted: { slug: string }, options: VerifyOptions = {}): Promise<TitlePlay> {
    mustBeOpen(this.#context);
    const { app, id: deviceId, ip } = this.#options;
    return playTitle(catalogueOf(this.#context), wanted, {
      app,
      deviceId,
      ip,
      answerWithinMs: this.#context.answerWithinMs,
      authorize: (resource) => this.authorize(resource, options),
    });
  }

  /** What operators see. Leaves no trace in the workflow. */
  async view(): Promise<messages.DeviceView> {
    const view = await this.#workflow.query(messages.view);
    return seenBy(view, this.identity, this.#options.rokuSubscriberId);
  }

  /**
   * The viewer's metadata in clear, with what is encrypted opened by your private keys (`userMetadata`
   * of `connect`): personal data. An attribute that can't be opened says why, the others are given.
   * Leaves no trace in the workflow.
   *
   * @throws DevicePassError `not_signed_in`, `sealed_value`
   */
  async userMetadata(): Promise<UserMetadata> {
    const { standing, serviceProvider } = await this.view();
    const keys = this.#context.userMetadata?.of({
      app: this.identity.app,
      ...(serviceProvider === undefined ? {} : { serviceProvider }),
    });
    return userMetadataOf(await opened(this.#context.keys, this.identity, standing), keys);
  }

  /**
   * The TVs of this one's household, where it is known: by `household`, or by a service token that
   * `serviceTokens` of `connect` can verify.
   *
   * @throws DevicePassError `no_household` for a TV that could be anybody's
   */
  async household(): Promise<HouseholdClient> {
    const household = await this.#household();
    if (household) return household;
    throw new DevicePassError(
      'no_household',
      'nobody vouches for whose TV this is: give household, or a service token that holds',
    );
  }

  async #household(): Promise<HouseholdClient | undefined> {
    const who = await this.#viewer.subject();
    if (!who) return undefined;
    const { serviceToken } = (await this.#viewer.tokens()) ?? {};
    const self = this.workflowId;
    return new HouseholdClient(this.#context, { who, self, token: serviceToken });
  }

  /** The viewer's browser came back from the login page: Adobe is asked at once. */
  async browserReturned(): Promise<void> {
    await this.#workflow.signal(messages.loginFinished);
  }

  /** Ends the tokens that were made under a grant. The viewer stays signed in. */
  async revokeGrant(grant: number): Promise<void> {
    await this.#workflow.signal(messages.revokeGrant, { grant });
  }

  async #endingAt(url: string | undefined): Promise<{ redirectUrl?: string }> {
    return withEnd(this.#context.keys, this.identity, url);
  }

  /** Whose sealed values this client opens. */
  get identity(): DeviceIdentity {
    return this.#workflow.identity;
  }

  async #standing(answer: Promise<messages.Standing>): Promise<Standing> {
    return opened(this.#context.keys, this.identity, await answer);
  }

  async #fromDevice(): Promise<messages.FromDevice> {
    const { facts, ip, port, rokuSubscriberId } = this.#options;
    const { keys } = this.#context;
    const [tokens, who] = await Promise.all([this.#viewer.tokens(), this.#viewer.subject()]);
    const given = tokens && stillGood(tokens);
    const [network, viewerTokens, account, household] = await Promise.all([
      seal(
        keys,
        { ip, ...(port === undefined ? {} : { port }) },
        ofDevice('network', this.identity),
      ),
      given && seal(keys, given, ofDevice('viewer-tokens', this.identity)),
      rokuSubscriberId && sealedAccount(keys, this.identity, rokuSubscriberId),
      who && householdOf(keys, who, this.identity),
    ]);
    return {
      facts,
      network,
      ...(viewerTokens ? { viewerTokens } : {}),
      ...(hasSingleSignOn(given) ? { singleSignOn: true } : {}),
      ...(account ? { account } : {}),
      ...(household ? { household } : {}),
    };
  }
}

/** Of what a picker holds, only what the device keeps. */
export function chosen(mvpd: messages.ChosenMvpd): messages.ChosenMvpd {
  const { id, displayName, logoUrl } = mvpd ?? {};
  return { id, ...(displayName ? { displayName } : {}), ...(logoUrl ? { logoUrl } : {}) };
}
