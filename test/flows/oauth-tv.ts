import * as oauth from 'openid-client';
import { FACTS, freshIp } from '../support/stack.ts';
import type { Farm } from '../gateway/support.ts';

/** A TV whose OAuth is a library's that knows nothing of us. */
export class OAuthTv {
  readonly #config: oauth.Configuration;
  readonly #farm: Farm;
  readonly ip: string;

  private constructor(farm: Farm, config: oauth.Configuration, ip: string) {
    this.#farm = farm;
    this.#config = config;
    this.ip = ip;
  }

  static async registered(farm: Farm): Promise<OAuthTv> {
    const ip = freshIp();
    const fromThere: oauth.CustomFetch = async (url, options) =>
      fetch(url, {
        ...options,
        headers: { ...options.headers, 'x-forwarded-for': ip },
      } as RequestInit);
    const config = await oauth.dynamicClientRegistration(
      new URL(farm.url),
      {
        software_statement: farm.statement,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: [
          'urn:ietf:params:oauth:grant-type:device_code',
          'refresh_token',
          'client_credentials',
        ],
        response_types: [],
        device: { ...FACTS },
      },
      oauth.ClientSecretPost(),
      {
        algorithm: 'oauth2',
        execute: [oauth.allowInsecureRequests],
        [oauth.customFetch]: fromThere,
      },
    );
    return new OAuthTv(farm, config, ip);
  }

  async showCode(): Promise<oauth.DeviceAuthorizationResponse> {
    return oauth.initiateDeviceAuthorization(this.#config, { scope: 'tv' });
  }

  /** Polls until the viewer has signed in. @returns the access token */
  async signedIn(shown: oauth.DeviceAuthorizationResponse): Promise<string> {
    return (await oauth.pollDeviceAuthorizationGrant(this.#config, shown)).access_token;
  }

  /** Before anybody has signed in. */
  async ownToken(): Promise<string> {
    return (await oauth.clientCredentialsGrant(this.#config, { scope: 'device' })).access_token;
  }

  async ask(token: string, path: string, json?: object): Promise<Record<string, unknown>> {
    const answer = await this.answer(token, path, json);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** @throws the library's error for a token that is refused */
  async answer(token: string, path: string, json?: object): Promise<Response> {
    return oauth.fetchProtectedResource(
      this.#config,
      token,
      new URL(this.#farm.url + path),
      json ? 'POST' : 'GET',
      json ? JSON.stringify(json) : undefined,
      json ? new Headers({ 'content-type': 'application/json' }) : undefined,
    );
  }
}
