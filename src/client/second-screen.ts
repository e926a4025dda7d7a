import {
  deviceFactsSchema,
  type Mvpd,
  networkSchema,
  type SessionInfo,
} from '../adobe-pass/index.ts';
import * as messages from '../workflows/messages.ts';
import { type ClientContext, within } from './context.ts';
import { DevicePassError, NAMING_VALUES, toDevicePassError } from './errors.ts';
import { workflowIdOf } from './handle.ts';
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
    }
  /** Wrong, expired or used: the viewer needs a new code. */
  | { status: 'unknown'; message: string };

/** One code on one phone: check it, choose a provider, hand over to its page. */
export class SecondScreen {
  readonly #context: ClientContext;
  readonly #screens: SecondScreens;
  readonly #code: string;
  readonly #options: SecondScreenOptions;

  constructor(
    context: ClientContext,
    screens: SecondScreens,
    code: string,
    options: SecondScreenOptions,
  ) {
    try {
      networkSchema.parse({ ip: options.ip }, NAMING_VALUES);
      if (options.facts) deviceFactsSchema.parse(options.facts, NAMING_VALUES);
    } catch (error) {
      throw toDevicePassError(error);
    }
    this.#context = context;
    this.#screens = screens;
    // People type codes with blanks and hyphens, and in lower case.
    this.#code = code.replace(/[\s-]/g, '').toUpperCase();
    this.#options = options;
  }

  /** Checks the code before anything is opened with it (ATN-13..15). */
  async check(): Promise<CheckedCode> {
    try {
      const { info, url } = await this.#session();
      const { mvpd } = info.existingParameters;
      return {
        status: 'known',
        device: info.device,
        ...(info.notAfter === undefined ? {} : { expiresAt: new Date(info.notAfter) }),
        missingParameters: info.missingParameters,
        ...(mvpd === undefined ? {} : { mvpd }),
        ...(info.missingParameters.length === 0 ? { url } : {}),
      };
    } catch (error) {
      if (!isUnknownCode(error)) throw error;
      return { status: 'unknown', message: this.#unknown };
    }
  }

  /** The providers to choose from, fetched only because somebody has to choose (CFG-01). */
  async providers(): Promise<Mvpd[]> {
    return this.#screens.providers(this.#options);
  }

  /**
   * Chooses the provider; the answer has the page to sign in.
   *
   * @throws DevicePassError `unknown_code` when nobody waits for the code any more
   */
  async choose(mvpd: messages.ChosenMvpd): Promise<Standing> {
    const { info } = await this.#session().catch((error: unknown) => {
      throw isUnknownCode(error) ? new DevicePassError('unknown_code', this.#unknown) : error;
    });
    const workflowId = await workflowIdOf(this.#context, info.existingParameters.redirectUrl ?? '');
    const handle = this.#context.temporal.workflow.getHandle(workflowId);
    const { id, displayName, logoUrl } = mvpd;
    const chosen = { id, ...(displayName ? { displayName } : {}), ...(logoUrl ? { logoUrl } : {}) };
    const standing = await within(this.#context, () =>
      handle.executeUpdate(messages.resume, { args: [{ code: this.#code, mvpd: chosen }] }),
    );
    return opened(this.#context.keys, standing);
  }

  /** What can't be a code is not worth a request. */
  async #session(): Promise<{ info: SessionInfo; url: string }> {
    if (!CODE.test(this.#code)) throw new DevicePassError('invalid_parameter_code', this.#unknown);
    return this.#screens.session(this.#code, this.#options);
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
  'invalid_parameter_code',
  'not_found',
]);
