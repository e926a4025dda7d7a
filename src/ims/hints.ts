import type { ImsCredentials } from './credentials.ts';

/** What an IMS error means here (reference, 3.1), in one sentence that says what to do. */
export function hintFor(
  code: string,
  status: number,
  credentials: ImsCredentials,
  { clockSkewMs, now }: { clockSkewMs: number | undefined; now: number },
): string {
  const { clientId } = credentials;
  switch (code) {
    case 'invalid_client':
      return credentials.kind === 'service-jwt' && status === 400
        ? `IMS does not know client ${clientId}, or its JWT names another: ${again}`
        : `client ${clientId} and its secret do not belong together, or it may not ask: ${again}`;
    case 'invalid_token':
    case 'invalid_signature':
      return signatureHint(credentials, clockSkewMs, now);
    case 'invalid_scope':
      return credentials.kind === 'service-jwt'
        ? `metascopes ${credentials.metascopes.join(', ')}: not all are bound to the technical account; ${again}`
        : `scopes ${credentials.scopes.join(', ')}: not all belong to the credential; ${again}`;
    case 'unauthorized_client':
      return `client ${clientId} may not use this flow: check that the credential is of the kind its file says`;
    case 'bad_request':
      return 'IMS could not read the form: a proxy may have changed it, else report it as a bug';
    case 'throttled':
      return 'too many token requests with this credential: find out who else uses it';
    case 'server_error':
      return 'IMS has trouble, or what stands before it: try again later';
    case 'invalid_response':
      return 'what answered does not speak like IMS: check imsEndpoint and the proxy';
    case 'unexpected_redirect':
      return 'IMS never redirects: a proxy or a sign-in page of this network stands before it';
    default:
      return 'see the error list of IMS';
  }
}

const again = 'download the credentials again from the Developer Console';

/** IMS says no more than "invalid"; clock and certificate often tell why. */
function signatureHint(
  credentials: ImsCredentials,
  clockSkewMs: number | undefined,
  now: number,
): string {
  if (clockSkewMs !== undefined) {
    const seconds = Math.round(Math.abs(clockSkewMs) / 1000);
    return `the clock of this host is ${seconds} s ${clockSkewMs < 0 ? 'behind' : 'ahead of'} that of IMS: set it right (NTP)`;
  }
  const certificate = credentials.kind === 'service-jwt' ? credentials.certificate : undefined;
  if (certificate && Date.parse(certificate.validTo) <= now) {
    return `the certificate ended on ${new Date(certificate.validTo).toISOString()}: add a new one in the Developer Console and deploy its file`;
  }
  return 'the private key belongs to no certificate that is bound to the account (revoked, or another environment): download the credentials again';
}
