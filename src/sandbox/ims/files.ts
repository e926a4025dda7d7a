import type { Account } from './accounts.ts';
import type { State } from './state.ts';

/** Shape A, as the AEM Developer Console writes it. */
export interface ServiceCredentialsFile {
  ok: boolean;
  integration: {
    imsEndpoint: string;
    metascopes: string;
    technicalAccount: { clientId: string; clientSecret: string };
    email: string;
    id: string;
    org: string;
    privateKey: string;
    publicKey: string;
    certificateExpirationDate: string;
  };
  statusCode: number;
}

/** Shape B, the bare download. */
export interface OAuthCredentialsFile {
  imsEndpoint: string;
  scopes: string[];
  technicalAccount: { clientId: string; clientSecret: string };
  email: string;
  id: string;
  org: string;
}

/** Shape C, as for aio. */
export interface DeveloperConsoleFile {
  client_id: string;
  client_secrets: string[];
  technical_account_id: string;
  technical_account_email: string;
  ims_org_id: string;
  scopes: string[];
}

/** Writes the file of an account of service credentials, with a new certificate. */
export function serviceCredentialsFile(
  { accounts, host, settings }: State,
  account: Account,
  certificateEndsAt?: number,
): ServiceCredentialsFile {
  const ends = certificateEndsAt === undefined ? {} : { endsAt: certificateEndsAt };
  const made = accounts.addCertificate(account.clientId, { now: settings.now(), ...ends });
  const { privateKey, publicKey, certificate } = made;
  return {
    ok: true,
    integration: {
      imsEndpoint: host,
      metascopes: account.scopes.join(','),
      technicalAccount: technicalAccount(account),
      email: account.email,
      id: account.id,
      org: account.org,
      privateKey,
      publicKey,
      certificateExpirationDate: new Date(certificate.validTo).toISOString(),
    },
    statusCode: 200,
  };
}

/** Writes the bare download of OAuth server-to-server, with the newest secret. */
export function oauthFile({ host }: State, account: Account): OAuthCredentialsFile {
  const { scopes, email, id, org } = account;
  const technical = technicalAccount(account);
  return { imsEndpoint: host, scopes: [...scopes], technicalAccount: technical, email, id, org };
}

/** Writes the credential of a Developer Console project, with all its secrets. */
export function developerConsoleFile(account: Account): DeveloperConsoleFile {
  return {
    client_id: account.clientId,
    client_secrets: [...account.secrets],
    technical_account_id: account.id,
    technical_account_email: account.email,
    ims_org_id: account.org,
    scopes: [...account.scopes],
  };
}

function technicalAccount({ clientId, secrets }: Account) {
  return { clientId, clientSecret: [...secrets].at(-1) ?? '' };
}
