import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AdobePass,
  type Operation,
  partnerFrameworkStatusSchema,
  type StreamingDevice,
} from '../../src/adobe-pass/index.ts';
import { device } from './fixture-device.ts';

/** A documented exchange, as extracted from the public documentation. */
export interface Sample {
  name: string;
  endpoint: string;
  operation: Operation;
  request: {
    method: string;
    /** In the order of the API tables; some samples print another one. */
    path: string;
    headers: Record<string, string>;
    /** Fields of the form, or the JSON body. */
    fields: Record<string, unknown>;
  };
  response: { status: number; headers: Record<string, string>; body: unknown };
}

interface File {
  endpoint: string;
  request: {
    method: string;
    path: string;
    headers: Record<string, string>;
    body: unknown;
    bodyFields?: Record<string, unknown>;
  };
  response: { status: number; headers: Record<string, string>; body: unknown };
}

const operations: Record<string, Operation> = {
  'dcr-register': 'register',
  'dcr-token': 'token',
  configuration: 'configuration',
  'sessions-create': 'createSession',
  'sessions-resume': 'resumeSession',
  'sessions-retrieve': 'retrieveSession',
  profiles: 'profiles',
  'profiles-mvpd': 'profileByMvpd',
  'profiles-code': 'profileByCode',
  'decisions-preauthorize': 'preauthorize',
  'decisions-authorize': 'authorize',
  logout: 'logout',
  'sessions-sso': 'partnerRequest',
  'profiles-sso': 'partnerProfile',
};

/**
 * `ADOBE_PASS_SAMPLES`, where somebody has the samples: they are Adobe's, and not part of this
 * repository.
 */
export function samplesFolder(): string | undefined {
  const folder = process.env['ADOBE_PASS_SAMPLES'];
  if (folder !== undefined && !existsSync(folder)) {
    throw new Error(`ADOBE_PASS_SAMPLES is ${folder}: there is no such folder`);
  }
  return folder;
}

/** The samples of the operations this client has; empty when there is no folder. */
export function loadSamples(): Sample[] {
  const folder = samplesFolder();
  if (folder === undefined) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().flatMap((name) => {
    // Placeholders such as ${mvpd} can't be part of a URL.
    const text = readFileSync(join(folder, name), 'utf8').replaceAll(/\$\{(\w+)\}/g, '$1');
    const { endpoint, request, response } = JSON.parse(text) as File;
    const operation = operations[endpoint];
    if (!operation) return [];
    const fields = request.bodyFields ?? (request.body as Record<string, unknown> | null) ?? {};
    const path = request.path.replace(
      /^\/api\/v2\/(sessions|logout)\/([^/?]+)\//,
      '/api/v2/$2/$1/',
    );
    return [
      {
        name: name.replace(/\.json$/, ''),
        endpoint,
        operation,
        request: { method: request.method, path, headers: request.headers, fields },
        response,
      },
    ];
  });
}

/** Makes the call a sample documents, with what can be read from its request. */
export function perform({ operation, request }: Sample, pass: AdobePass): Promise<unknown> {
  const { headers, fields } = request;
  const url = new URL(request.path, 'https://sample.invalid');
  const [, , , serviceProvider = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const last = rest.at(-1) ?? '';
  const accessToken = headers['Authorization']?.replace('Bearer ', '') ?? '';
  const base = { accessToken, serviceProvider, device: deviceOf(headers) };
  const parameters = fields as { mvpd?: string; domainName?: string; redirectUrl?: string };
  const resources = (fields['resources'] ?? []) as string[];
  switch (operation) {
    case 'register':
      return pass.register({
        softwareStatement: String(fields['software_statement']),
        redirectUri: String(fields['redirect_uri']),
        device: base.device,
      });
    case 'token':
      return pass.accessToken({
        credentials: {
          clientId: String(fields['client_id']),
          clientSecret: String(fields['client_secret']),
        },
        device: base.device,
      });
    case 'configuration':
      return pass.configuration(base);
    case 'createSession':
      return pass.createSession({ ...base, ...parameters });
    case 'resumeSession':
      return pass.resumeSession({ ...base, ...parameters, code: last });
    case 'retrieveSession':
      return pass.retrieveSession({ ...base, code: last });
    case 'profiles':
      return pass.profiles(base);
    case 'profileByMvpd':
      return pass.profileByMvpd({ ...base, mvpd: last });
    case 'profileByCode':
      return pass.profilesByCode({ ...base, code: last });
    case 'preauthorize':
    case 'authorize':
      return pass[operation]({ ...base, mvpd: last, resources });
    case 'partnerRequest': {
      const { domainName = '', redirectUrl = '' } = parameters;
      return pass.partnerRequest({ ...base, partner: last, domainName, redirectUrl });
    }
    case 'partnerProfile': {
      const samlResponse = String(fields['SAMLResponse']);
      return pass.partnerProfile({ ...base, partner: last, samlResponse });
    }
    default: {
      // logout
      const redirectUrl = url.searchParams.get('redirectUrl') ?? '';
      return pass.logout({ ...base, mvpd: last, redirectUrl });
    }
  }
}

/** The status that a sample sends, brought up to date where it is one that counts. */
function statusOf(headers: Record<string, string>): Pick<StreamingDevice, 'viewerTokens'> {
  const given = headers['AP-Partner-Framework-Status'];
  if (given === undefined) return {};
  const text = Buffer.from(given, 'base64').toString('utf8');
  const status = partnerFrameworkStatusSchema.parse(JSON.parse(text));
  return { viewerTokens: { partnerFrameworkStatus: status } };
}

// The samples' device information isn't JSON, so ours stands in; the identifier is theirs.
function deviceOf(headers: Record<string, string>) {
  const [, identifier = ''] = (headers['AP-Device-Identifier'] ?? '').split(' ');
  return {
    ...device,
    ...(identifier && { identifier: Buffer.from(identifier, 'base64').toString('utf8') }),
    ...(headers['User-Agent'] && { userAgent: headers['User-Agent'] }),
    ...statusOf(headers),
  };
}
