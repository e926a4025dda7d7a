import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { startImsSandbox } from '../../src/sandbox/ims/index.ts';
import type {
  ImsSandbox,
  ImsSandboxOptions,
  ServiceCredentialsFile,
} from '../../src/sandbox/ims/index.ts';

const running: ImsSandbox[] = [];

export async function cleanUp(): Promise<void> {
  for (const sandbox of running.splice(0)) await sandbox.stop();
}

export async function start(options: ImsSandboxOptions = {}): Promise<ImsSandbox> {
  const sandbox = await startImsSandbox(options);
  running.push(sandbox);
  return sandbox;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

/** Posts a form, without any code of ours. */
export async function post(
  sandbox: ImsSandbox,
  path: string,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    body,
    headers: { ...type, ...headers },
  });
  const text = await answer.text();
  const parsed = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
  return { status: answer.status, body: parsed, headers: answer.headers };
}

/** The claims that IMS wants, with changes; undefined leaves one out. */
export function claims(
  { integration }: ServiceCredentialsFile,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  const { imsEndpoint, technicalAccount, org, id, metascopes } = integration;
  return {
    iss: org,
    sub: id,
    aud: `https://${imsEndpoint}/c/${technicalAccount.clientId}`,
    exp: Math.floor(Date.now() / 1000) + 300,
    [`https://${imsEndpoint}/s/${metascopes}`]: true,
    ...changes,
  };
}

export async function sign(file: ServiceCredentialsFile, payload: object): Promise<string> {
  return new SignJWT({ ...payload })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .sign(createPrivateKey(file.integration.privateKey));
}

/** The form of the exchange. */
export async function exchangeForm(file: ServiceCredentialsFile, payload = claims(file)) {
  const { clientId, clientSecret } = file.integration.technicalAccount;
  const jwt = await sign(file, payload);
  return { client_id: clientId, client_secret: clientSecret, jwt_token: jwt };
}
