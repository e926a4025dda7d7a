import { checkJwt } from './jwt.ts';
import { Refusal } from './refusal.ts';
import type { State } from './state.ts';

/** A call as an operation sees it. */
export interface ImsCall {
  form: readonly (readonly [string, string])[];
  authorization: string | undefined;
}

type Operation = (state: State, call: ImsCall) => object;

/** `POST /ims/exchange/jwt`: `expires_in` in milliseconds. */
export const exchange: Operation = (state, { form }) => {
  const { settings, accounts, tokens, host, usedJwts: used } = state;
  const { signatureError, tokenLifeMs: lifeMs } = settings;
  const now = settings.now();
  const fields = read(form, ['client_id', 'client_secret'], ['jwt_token']);
  const account = accounts.authenticate(fields('client_id'), fields('client_secret'), 'jwt');
  checkJwt(fields('jwt_token'), { account, host, now, used, signatureError });
  const accessToken = tokens.issue(account, { now, lifeMs });
  return { token_type: 'bearer', access_token: accessToken, expires_in: lifeMs };
};

/** `POST /ims/token/v3`: `expires_in` in seconds. */
export const token: Operation = ({ settings, accounts, tokens }, { form }) => {
  const now = settings.now();
  const lifeMs = Math.floor(settings.tokenLifeMs / 1000) * 1000;
  const fields = read(form, ['grant_type', 'client_id', 'client_secret'], ['scope']);
  if (fields('grant_type') !== 'client_credentials') {
    throw new Refusal(400, 'unsupported_grant_type', 'grant_type must be client_credentials');
  }
  const account = accounts.authenticate(fields('client_id'), fields('client_secret'), 'oauth');
  const scopes = fields('scope').split(',');
  if (!scopes.every((scope) => account.scopes.includes(scope))) {
    throw new Refusal(400, 'invalid_scope', 'a scope is missing or not bound to the client');
  }
  const accessToken = tokens.issue(account, { now, lifeMs });
  return { access_token: accessToken, token_type: 'bearer', expires_in: lifeMs / 1000 };
};

/** `POST /ims/validate_token/v1`. */
export const validate: Operation = ({ settings, tokens }, { form, authorization = '' }) => {
  const fields = read(form, ['type', 'client_id'], []);
  const bearer = /^Bearer (.+)$/.exec(authorization)?.[1] ?? '';
  if (fields('type') !== 'access_token') throw new Refusal(400, 'bad_request', 'unknown type');
  const known = tokens.known(bearer);
  if (!known || known.clientId !== fields('client_id'))
    return { valid: false, reason: 'bad_token' };
  return tokens.info(bearer, settings.now())
    ? { valid: true }
    : { valid: false, reason: 'expired' };
};

/** Unknown, repeated or missing fields are a malformed form; optional ones are empty then. */
function read(
  form: ImsCall['form'],
  required: readonly string[],
  optional: readonly string[],
): (name: string) => string {
  const fields = new Map(form);
  const bad = (why: string) => new Refusal(400, 'bad_request', why);
  if (fields.size < form.length) throw bad('a field is given twice');
  for (const name of fields.keys()) {
    if (![...required, ...optional].includes(name)) throw bad(`field ${name} is not known`);
  }
  for (const name of required) {
    if (!fields.get(name)) throw bad(`field ${name} is missing`);
  }
  return (name) => fields.get(name) ?? '';
}
