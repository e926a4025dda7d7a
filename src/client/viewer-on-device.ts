import type { ViewerTokens } from '../adobe-pass/index.ts';
import type { ServiceTokens, Subject } from '../service-tokens/index.ts';
import type { DeviceOptions } from './device-options.ts';

/** Of whom a device's requests tell, by what its caller gave. */
export class ViewerOnDevice {
  readonly #serviceTokens: ServiceTokens | undefined;
  readonly #options: Pick<DeviceOptions, 'household' | 'viewerTokens'>;
  #subject: Promise<Subject | undefined> | undefined;

  constructor(
    serviceTokens: ServiceTokens | undefined,
    options: Pick<DeviceOptions, 'household' | 'viewerTokens'>,
  ) {
    this.#serviceTokens = serviceTokens;
    this.#options = options;
  }

  /**
   * Whose household it is. Only what a backend says, or what somebody signed whom we believe: a TV that
   * makes up a token, or is in another's, must not get at the TVs of strangers.
   */
  async subject(): Promise<Subject | undefined> {
    this.#subject ??= this.#find();
    return this.#subject;
  }

  /**
   * What goes to Adobe. Where the caller says whose TV it is, its token is that subject's: one made here
   * and now, or the one it gave if that is the same one's. Adobe verifies the others itself.
   */
  async tokens(): Promise<ViewerTokens | undefined> {
    const { household, viewerTokens } = this.#options;
    if (household === undefined) return viewerTokens;
    const { serviceToken: given, ...others } = viewerTokens ?? {};
    const serviceToken = await this.#tokenOf(household, given);
    const tokens = { ...others, ...(serviceToken === undefined ? {} : { serviceToken }) };
    return Object.values(tokens).some((one) => one !== undefined) ? tokens : undefined;
  }

  async #tokenOf(household: string, given: string | undefined): Promise<string | undefined> {
    if (this.#serviceTokens?.makes) return this.#serviceTokens.make(household);
    const said = given === undefined ? undefined : await this.#serviceTokens?.verified(given);
    return said?.subject === household ? given : undefined;
  }

  async #find(): Promise<Subject | undefined> {
    const { household, viewerTokens } = this.#options;
    const tokens = this.#serviceTokens;
    if (!tokens) return undefined;
    if (household !== undefined) return { issuer: tokens.issuer, subject: household };
    const { serviceToken } = viewerTokens ?? {};
    return serviceToken === undefined ? undefined : tokens.verified(serviceToken);
  }
}
