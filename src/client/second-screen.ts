import type { Mvpd, SessionInfo } from '../adobe-pass/index.ts';
import * as messages from '../workflows/messages.ts';
import { plainCode } from '../workflows/plain-code.ts';
import { checkResume } from '../workflows/requests.ts';
import { type CodeOnTv, CodeTv } from './code-tv.ts';
import { type ClientContext, within } from './context.ts';
import { chosen } from './device.ts';
import { deviceByCode, deviceByCodeIfAny } from './device-by-code.ts';
import { checkApp, checkedFacts, checkedNetwork } from './device-options.ts';
import { DevicePassError, invalidRequest } from './errors.ts';
import { identityOf, workflowIdOf } from './handle.ts';
import type { SecondScreenOptions, SecondScreens } from './second-screens.ts';
import { opened, type Standing } from './standing.ts';

/** What a code stands for. */
export type CheckedCode =
  | {
      status: 'known';
      /** The streaming device as Adobe understood it, so that the viewer recognises it. */
      device: SessionInfo['device'];
      expiresAt?: Date;
      missingParameters: string[];
      mvpd?: string;
      /** The page to sign in, once nothing is missing. */
      url?: string;
      /** Your `returnUrl` with the handle of the TV, for `standingAt`; absent for a login elsewhere. */
      returnUrl?: string;
      /** The TV's address, to compare with the phone's; never to be shown. */
      deviceIp?: string;
    }
  /** Wrong, expired or used: the viewer needs a new code. */
  | { status: 'unknown'; message: string };

/** One code on one phone: check it, choose a provider, hand over to its page. */
export class SecondScreen {
  readonly #context: ClientContext;
  readonly #screens: SecondScreens;
  readonly #code: string;
  readonly #options: SecondScreenOptions;
  /** As Adobe spells it, as soon as that is known. */
  #adobeCode: string;
  #checked: SessionInfo | undefined;
  #workflowId: string | undefined;
  #isSearched = false;

  constructor(
    context: ClientContext,
    screens: SecondScreens,
    code: string,
    options: SecondScreenOptions,
  ) {
    const { app, ip, facts } = options ?? {};
    checkApp(app);
    checkedNetwork({ ip });
    if (facts) checkedFacts(facts);
    // None is needed where only the providers are wanted.
    if (typeof code !== 'string') {
      throw invalidRequest(`code is ${JSON.stringify(code)}: give what the viewer typed`);
    }
    this.#context = context;
    this.#screens = screens;
    this.#code = plainCode(code);
    this.#adobeCode = this.#code;
    this.#options = options;
  }

  /** Checks the code before anything is opened with it (ATN-13..15). */
  async check(): Promise<CheckedCode> {
    try {
      const { info, url } = await this.#session();
      const { mvpd, redirectUrl } = info.existingParameters;
      return {
        status: 'known',
        device: info.device,
        ...(info.notAfter === undefined ? {} : { expiresAt: new Date(info.notAfter) }),
        missingParameters: info.missingParameters,
        ...(mvpd === undefined ? {} : { mvpd }),
        ...(info.missingParameters.length === 0 ? { url } : {}),
        ...(redirectUrl === undefined ? {} : { returnUrl: redirectUrl }),
        ...(info.deviceIp === undefined ? {} : { deviceIp: info.deviceIp }),
      };
    } catch (error) {
      if (!isUnknownCode(error)) throw error;
      return { status: 'unknown', message: this.#unknown };
    }
  }

  /** The code as Adobe spells it, once it was checked. */
  get code(): string {
    return this.#adobeCode;
  }

  /**
   * Where the TV stands by the word of its own workflow; undefined where none shows this code, or
   * can't be asked now.
   */
  async standing(): Promise<Standing | undefined> {
    return (await this.look())?.standing;
  }

  /** The same with since when, from where and by whom the code was opened, and the TV behind it. */
  async look(): Promise<CodeOnTv | undefined> {
    try {
      if (!this.#checked) await this.#session();
      const workflowId = await this.#device();
      if (workflowId === undefined) return undefined;
      const shown = await new CodeTv(this.#context, workflowId, this.#code).look();
      const { standing } = shown;
      const isOurs = standing.status === 'pending' && plainCode(standing.code) === this.#code;
      if (isOurs) this.#adobeCode = standing.code;
      return shown;
    } catch (error) {
      if (error instanceof DevicePassError) return undefined;
      throw error;
    }
  }

  /**
   * The providers to choose from, fetched only because somebody has to choose (CFG-01); by the lists
   * of the TV's app once the code was checked.
   */
  async providers(): Promise<Mvpd[]> {
    return this.#screens.providers(this.#options, await this.#tvApp());
  }

  /** The same as far as this process knows them; asks nobody. By the lists of the own app. */
  knownProviders(): Mvpd[] | undefined {
    return this.#screens.knownProviders(this.#options);
  }

  /**
   * Chooses the provider; the answer has the page to sign in.
   *
   * @throws DevicePassError `unknown_code` when nobody waits for the code any more
   */
  async choose(mvpd: messages.ChosenMvpd): Promise<Standing> {
    // Once checked is enough: the workflow knows whether somebody still waits.
    if (!this.#checked) await this.#sessionToChooseIn();
    const workflowId = await this.#device();
    if (workflowId === undefined) throw new DevicePassError('unknown_code', this.#unknown);
    const handle = this.#context.temporal.workflow.getHandle(workflowId);
    const request: messages.ResumeRequest = { code: this.#code, mvpd: chosen(mvpd) };
    const standing = await within(this.#context, async () => {
      checkResume(request);
      return handle.executeUpdate(messages.resume, { args: [request] });
    });
    return opened(this.#context.keys, identityOf(workflowId), standing);
  }

  async #sessionToChooseIn(): Promise<void> {
    try {
      await this.#session();
    } catch (error) {
      throw isUnknownCode(error) ? new DevicePassError('unknown_code', this.#unknown) : error;
    }
  }

  /** What can't be a code is not worth a request. */
  async #session(): Promise<{ info: SessionInfo; url: string }> {
    if (!CODE.test(this.#code)) throw new DevicePassError('invalid_parameter_code', this.#unknown);
    const session = await this.#sessionAtAdobe();
    this.#checked = session.info;
    return session;
  }

  /** Adobe compares letter by letter: what it doesn't know may be spelled otherwise. */
  async #sessionAtAdobe(): Promise<{ info: SessionInfo; url: string }> {
    try {
      return await this.#screens.session(this.#adobeCode, this.#options);
    } catch (error) {
      if (!isUnknownCode(error)) throw error;
      const shown = await deviceByCodeIfAny(this.#context, this.#code, { isKnown: false });
      if (!shown || shown.code === this.#adobeCode) throw error;
      this.#adobeCode = shown.code;
      this.#workflowId = shown.workflowId;
      return this.#screens.session(shown.code, this.#options);
    }
  }

  /** The workflow that waits with this code: by the handle in the session, or by searching. */
  async #device(): Promise<string | undefined> {
    this.#workflowId ??= await this.#byHandle();
    if (this.#workflowId === undefined && !this.#isSearched) {
      const shown = await deviceByCode(this.#context, this.#code, { isKnown: true });
      this.#workflowId = shown?.workflowId;
      this.#isSearched = true;
    }
    return this.#workflowId;
  }

  async #byHandle(): Promise<string | undefined> {
    const { redirectUrl } = this.#checked?.existingParameters ?? {};
    if (redirectUrl === undefined) return undefined;
    try {
      return await workflowIdOf(this.#context, redirectUrl);
    } catch (error) {
      if (error instanceof DevicePassError) return undefined;
      throw error;
    }
  }

  async #tvApp(): Promise<string | undefined> {
    const workflowId = this.#checked && (await this.#device());
    return workflowId === undefined ? undefined : identityOf(workflowId).app;
  }

  get #unknown(): string {
    return `Code ${this.#code.slice(0, 20)} is wrong or has expired. Get a new one on your TV.`;
  }
}

function isUnknownCode(error: unknown): boolean {
  return error instanceof DevicePassError && UNKNOWN_CODE.has(error.code);
}

const CODE = /^[A-Z0-9]{1,20}$/;
const UNKNOWN_CODE = new Set([
  'invalid_authentication_session',
  'authentication_session_invalidated',
  'invalid_parameter_code',
  'not_found',
]);
