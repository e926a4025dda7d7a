import { FACTS, freshIp } from '../support/stack.ts';
import type { Farm } from './support.ts';

export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

export interface Answer {
  status: number;
  headers: Headers;
  // The tests say what they expect; a wrong shape fails their assertions.
  body: Record<string, unknown>;
}

/** A TV as a program: registers, shows a code, polls. */
export class Tv {
  readonly ip = freshIp();
  readonly farm: Pick<Farm, 'url' | 'statement'>;
  clientId = '';
  clientSecret = '';

  constructor(farm: Pick<Farm, 'url' | 'statement'>) {
    this.farm = farm;
  }

  static async registered(farm: Pick<Farm, 'url' | 'statement'>): Promise<Tv> {
    const tv = new Tv(farm);
    const { body } = await tv.register();
    tv.clientId = String(body['client_id']);
    tv.clientSecret = String(body['client_secret']);
    return tv;
  }

  register(metadata: object = {}): Promise<Answer> {
    const body = { software_statement: this.farm.statement, device: FACTS, ...metadata };
    return this.send('/oauth/register', { json: body });
  }

  authorize(
    fields: Record<string, string> = {},
    url?: string,
    headers?: Record<string, string>,
  ): Promise<Answer> {
    return this.form('/oauth/device_authorization', fields, url, headers);
  }

  poll(deviceCode: unknown, url?: string): Promise<Answer> {
    return this.form(
      '/oauth/token',
      { grant_type: DEVICE_CODE, device_code: String(deviceCode) },
      url,
    );
  }

  refresh(refreshToken: unknown, url?: string): Promise<Answer> {
    return this.form(
      '/oauth/token',
      { grant_type: 'refresh_token', refresh_token: String(refreshToken) },
      url,
    );
  }

  /** A form with this TV's credentials. */
  form(
    path: string,
    fields: Record<string, string>,
    url?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const { clientId: client_id, clientSecret: client_secret } = this;
    return this.send(path, {
      form: { client_id, client_secret, ...fields },
      headers,
      ...(url ? { url } : {}),
    });
  }

  async ownToken(): Promise<string> {
    const { body } = await this.form('/oauth/token', { grant_type: 'client_credentials' });
    return String(body['access_token']);
  }

  async send(path: string, request: TvRequest = {}): Promise<Answer> {
    const response = await fetch((request.url ?? this.farm.url) + path, this.#init(request));
    const text = await response.text();
    const body = text ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, headers: response.headers, body };
  }

  #init({ form, json, token, headers = {} }: TvRequest): RequestInit {
    const own = {
      'x-forwarded-for': this.ip,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    };
    if (form) return { method: 'POST', headers: own, body: new URLSearchParams(form) };
    if (json === undefined) return { headers: own };
    return {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...own },
      body: JSON.stringify(json),
    };
  }
}

interface TvRequest {
  form?: Record<string, string>;
  json?: object;
  token?: string;
  headers?: Record<string, string>;
  url?: string;
}
