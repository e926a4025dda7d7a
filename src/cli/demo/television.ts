import type { DeviceFacts } from '../../adobe-pass/index.ts';
import { type Event, events } from './events.ts';
import { Refused, send } from './http.ts';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** What a TV gets to show (RFC 8628, section 3.2). */
export interface DeviceAuthorization {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete?: string;
  expires_in: number;
  interval: number;
}

export type Play =
  | { status: 'permitted'; resource: string; source?: string; mediaToken: { value: string } }
  | {
      status: 'denied';
      resource: string;
      source?: string;
      code: string;
      message: string;
      details?: string;
    };

/** Signed in, or with a code, and how to get tokens. */
export interface Settled {
  authorization: DeviceAuthorization;
  session: { status: string; type?: string; fallback?: string };
}

export type PartnerSignIn =
  | { status: 'partner'; mvpd?: string; authenticationRequest: { request: string } }
  | ({ status: 'settled' } & Settled);

/** One title of a page, as a TV shows it. */
export interface TitleOnTv {
  slug: string;
  title: string;
  access: 'open' | 'likely' | 'locked' | 'unknown';
}

/** One TV of "my TVs". */
export interface TvOfHousehold {
  id: string;
  name?: string;
  model: string;
  isThis: boolean;
  signedIn?: { mvpd: { id: string } };
}

export interface TelevisionOptions {
  issuer: string;
  softwareStatement: string;
  facts: DeviceFacts;
  /** Goes with every request, as a proxy would add it. */
  headers?: Record<string, string>;
}

/** A TV app as any programmer could write it: OAuth 2.0 and the JSON API over plain HTTP. */
export class Television {
  #options: TelevisionOptions;
  readonly #client: Credentials;
  /** Of a TV that nobody is signed in on. */
  #own: { token: string; until: number } | undefined;
  #viewerToken = '';

  private constructor(options: TelevisionOptions, client: Credentials) {
    this.#options = options;
    this.#client = client;
  }

  /** @throws CommandError with what the gateway said */
  static async register(options: TelevisionOptions): Promise<Television> {
    const { softwareStatement: software_statement, facts: device } = options;
    const client = await send<Credentials>(options, '/oauth/register', {
      json: { software_statement, device },
    });
    return new Television(options, client);
  }

  /** The same TV, which adds these to its requests from now on. */
  bringing(headers: Record<string, string>): Television {
    const { headers: before } = this.#options;
    return new Television({ ...this.#options, headers: { ...before, ...headers } }, this.#client);
  }

  get facts(): DeviceFacts {
    return this.#options.facts;
  }

  /** The installation that the gateway named: its client id says so, signed. */
  get installation(): string {
    const [, content = ''] = this.#client.client_id.split('.');
    const parsed = JSON.parse(Buffer.from(content, 'base64url').toString()) as {
      installation: string;
    };
    return parsed.installation;
  }

  /** Sends headers along with every request from now on. */
  brings(headers: Record<string, string>): void {
    this.#options = { ...this.#options, headers: { ...this.#options.headers, ...headers } };
  }

  async householdTvs(): Promise<TvOfHousehold[]> {
    return (await this.#get<{ tvs: TvOfHousehold[] }>('/v1/household/tvs')).tvs;
  }

  async nameTv(id: string, name: string): Promise<void> {
    await this.#api(`/v1/household/tvs/${id}/name`, { name });
  }

  async signOutHousehold(): Promise<{ id: string; status: string }[]> {
    const { tvs } = await this.#api<{ tvs: { id: string; status: string }[] }>(
      '/v1/household/sign-out',
      {},
    );
    return tvs;
  }

  /** Asks for a code, with a provider of the TV's choice if one is given. */
  async askForCode(mvpd?: string): Promise<DeviceAuthorization> {
    if (mvpd === undefined) {
      return this.#form<DeviceAuthorization>('/oauth/device_authorization', { scope: 'tv' });
    }
    const { authorization } = await this.#api<{ authorization: DeviceAuthorization }>(
      '/v1/authenticate',
      { mvpd: { id: mvpd }, screen: 'second' },
    );
    return authorization;
  }

  /** What Apple's framework is to be asked, or where the TV stands. */
  partnerSignIn(): Promise<PartnerSignIn> {
    return this.#asDevice('/v1/partner/apple/sign-in', {});
  }

  /** Signs in with what the framework answered. */
  partnerResponse(samlResponse: string): Promise<Settled> {
    return this.#asDevice('/v1/partner/apple/response', { samlResponse });
  }

  /** Codes as they come, and the sign-in, as the gateway pushes them, while the token lasts. */
  async *events(signal: AbortSignal): AsyncGenerator<Event> {
    const { issuer, headers } = this.#options;
    const token = await this.#token();
    yield* events(
      `${issuer}/v1/events?until=signed-in`,
      { ...headers, authorization: `Bearer ${token}` },
      signal,
    );
  }

  /** Fetches the viewer's token, after the sign-in. */
  async fetchToken({ device_code, interval }: DeviceAuthorization): Promise<void> {
    for (;;) {
      const grant = { grant_type: DEVICE_CODE, device_code };
      try {
        const { access_token } = await this.#form<Tokens>('/oauth/token', grant);
        this.#viewerToken = access_token;
        return;
      } catch (error) {
        if (!(error instanceof Refused) || !WAITS.has(error.code)) throw error;
        await new Promise((resolve) => setTimeout(resolve, interval * 1_000));
      }
    }
  }

  authorize(resource: string): Promise<Play> {
    return this.#api('/v1/authorize', { resource });
  }

  /** A page of titles, joined with what the viewer may watch of it. */
  async catalogue(first: number): Promise<TitleOnTv[]> {
    const query = `?first=${first}`;
    const { titles } = await this.#get<{ titles: { slug: string; title: string }[] }>(
      `/v1/catalog${query}`,
    );
    const { access } = await this.#get<{ access: Record<string, TitleOnTv['access']> }>(
      `/v1/catalog/access${query}`,
    );
    return titles.map(({ slug, title }) => ({ slug, title, access: access[slug] ?? 'unknown' }));
  }

  /** Plays a title of the catalogue. */
  play(slug: string): Promise<Play> {
    return this.#api('/v1/play', { slug });
  }

  /** Whether a phone that opened the code is the viewer's. */
  async confirm(id: string, confirmed: boolean): Promise<void> {
    await this.#api('/v1/activation-request/confirm', { id, confirmed });
  }

  logout(): Promise<{ actions: { actionName: string; todo: string }[] }> {
    return this.#api('/v1/logout', {});
  }

  async session(): Promise<{
    status: string;
    type?: string;
    mvpd?: { id: string };
    partner?: string;
  }> {
    return this.#get('/v1/session', await this.#token());
  }

  /** The providers that may be chosen. */
  async mvpds(): Promise<{ id: string }[]> {
    const token = await this.#token();
    return (await this.#get<{ mvpds: { id: string }[] }>('/v1/mvpds', token)).mvpds;
  }

  #form<T>(path: string, fields: Record<string, string>): Promise<T> {
    return send(this.#options, path, { form: { ...this.#client, ...fields } });
  }

  async #get<T>(path: string, token = this.#viewerToken): Promise<T> {
    const authorization = `Bearer ${token}`;
    return send(this.#options, path, { headers: { authorization } });
  }

  async #api<T>(path: string, json: object): Promise<T> {
    const token = this.#viewerToken || (await this.#token());
    return send(this.#options, path, { json, headers: { authorization: `Bearer ${token}` } });
  }

  /** Whatever became of the viewer's token. */
  async #asDevice<T>(path: string, json: object): Promise<T> {
    const authorization = `Bearer ${await this.#token()}`;
    return send(this.#options, path, { json, headers: { authorization } });
  }

  async #token(): Promise<string> {
    if (!this.#own || this.#own.until < Date.now()) {
      const grant = { grant_type: 'client_credentials', scope: 'device' };
      const { access_token, expires_in } = await this.#form<Tokens>('/oauth/token', grant);
      this.#own = { token: access_token, until: Date.now() + expires_in * 1_000 - RENEW_BEFORE_MS };
    }
    return this.#own.token;
  }
}

interface Credentials {
  client_id: string;
  client_secret: string;
}

interface Tokens {
  access_token: string;
  expires_in: number;
}

const RENEW_BEFORE_MS = 30_000;

const WAITS = new Set(['authorization_pending', 'slow_down']);
