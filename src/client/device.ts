import type { DeviceIdentity } from '../device-identity.ts';
import * as messages from '../workflows/messages.ts';
import * as requests from '../workflows/requests.ts';
import { ofDevice, seal, withProof } from '../sealing/index.ts';
import type { PageRequest } from '../catalogue/index.ts';
import type { EntitledPage } from './catalogue.ts';
import { entitledPage } from './entitled-page.ts';
import { catalogueOf, type ClientContext, mustBeOpen } from './context.ts';
import {
  type AuthenticateOptions,
  checkedDevice,
  type DeviceOptions,
  type RequestOptions,
  type WatchOptions,
} from './device-options.ts';
import { DeviceWorkflow } from './device-workflow.ts';
import { returnUrlOf } from './handle.ts';
import { playTitle, type TitlePlay } from './play-title.ts';
import { opened, type Standing, unseal } from './standing.ts';
import { sealedPlace } from './places.ts';
import { sealedIdentity } from './temppass-identity.ts';
import { mustBeVerified, verificationOf, type VerifyOptions } from './verify-media-token.ts';
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

  /** @throws DevicePassError `invalid_request` for facts or an address that Adobe would not take */
  constructor(context: ClientContext, options: DeviceOptions) {
    this.#options = checkedDevice(options);
    this.#context = context;
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
      ...(await sealedIdentity(this.#context.keys, this.identity, mvpd, tempPassIdentity)),
      ...(screen === undefined ? {} : { screen }),
      ...(await this.#endingAt(endsAt)),
      ...(await sealedPlace(this.#context.keys, this.identity, place)),
      ...(statement === undefined ? {} : { statement }),
    };
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

  /** Signs the viewer out. Follow the actions of the answer on the device. */
  async logout({
    requestId,
    redirectUrl,
  }: RequestOptions & { redirectUrl?: string } = {}): Promise<messages.LogoutAnswer> {
    const request = {
      ...(await this.#fromDevice()),
      ...(await this.#endingAt(redirectUrl)),
    };
    const check = requests.checkLogout;
    return this.#workflow.update(messages.logout, { request, check, requestId });
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
    return this.#workflow.query(messages.view);
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

  /** The viewer's browser came back from the login page: Adobe is asked at once. */
  async browserReturned(): Promise<void> {
    await this.#workflow.signal(messages.loginFinished);
  }

  /** Ends the tokens that were made under a grant. The viewer stays signed in. */
  async revokeGrant(grant: number): Promise<void> {
    await this.#workflow.signal(messages.revokeGrant, { grant });
  }

  /** Where a browser ends. What is no URL is for the check of the request to refuse. */
  async #endingAt(url: string | undefined): Promise<{ redirectUrl?: string }> {
    if (url === undefined) return {};
    if (!URL.canParse(url)) return { redirectUrl: url };
    return { redirectUrl: await withProof(this.#context.keys, url, this.identity) };
  }

  /** Whose sealed values this client opens. */
  get identity(): DeviceIdentity {
    return this.#workflow.identity;
  }

  async #standing(answer: Promise<messages.Standing>): Promise<Standing> {
    return opened(this.#context.keys, this.identity, await answer);
  }

  async #fromDevice(): Promise<messages.FromDevice> {
    const { facts, ip, port } = this.#options;
    const network = await seal(
      this.#context.keys,
      { ip, ...(port === undefined ? {} : { port }) },
      ofDevice('network', this.identity),
    );
    return { facts, network };
  }
}

/** Of what a picker holds, only what the device keeps. */
export function chosen(mvpd: messages.ChosenMvpd): messages.ChosenMvpd {
  const { id, displayName, logoUrl } = mvpd ?? {};
  return { id, ...(displayName ? { displayName } : {}), ...(logoUrl ? { logoUrl } : {}) };
}
