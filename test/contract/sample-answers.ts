import assert from 'node:assert/strict';
import { AdobePassError } from '../../src/adobe-pass/index.ts';
import type {
  AccessToken,
  ClientCredentials,
  Configuration,
  Decision,
  Profile,
  Session,
  SessionInfo,
} from '../../src/adobe-pass/index.ts';
import type { Sample } from './samples.ts';

type Json = Record<string, unknown>;

/** Checks that a result says what the sample's body says. */
export function understood(sample: Sample, result: unknown, baseUrl: string): void {
  const { status } = sample.response;
  const body = sample.response.body as Json;
  if (status >= 400) {
    assert.ok(result instanceof AdobePassError, 'an error was expected');
    assert.equal(result.status, status);
    assert.equal(result.code, body['code'] ?? body['error']);
    assert.equal(result.action, body['action'] ?? 'none');
    assert.equal(result.retryable, body['action'] === 'retry');
    return;
  }
  assert.ok(!(result instanceof AdobePassError), String(result));
  check(sample, result, body, baseUrl);
}

function check({ operation }: Sample, result: unknown, body: Json, baseUrl: string): void {
  const profiles = (body['profiles'] ?? {}) as Record<string, Json>;
  switch (operation) {
    case 'register':
      assert.equal((result as ClientCredentials).clientId, body['client_id']);
      assert.equal((result as ClientCredentials).clientSecret, body['client_secret']);
      break;
    case 'token': {
      const { value, expiresAt } = result as AccessToken;
      assert.equal(value, body['access_token']);
      // The sample is years old, so this machine's clock dates it.
      const lifeMs = Number(body['expires_in']) * 1000;
      assert.ok(Math.abs(expiresAt - Date.now() - lifeMs) < 5000);
      break;
    }
    case 'configuration': {
      const { mvpds } = (body as { requestor: { mvpds: { id: string }[] } }).requestor;
      const ids = (result as Configuration).mvpds.map(({ id }) => id);
      assert.deepEqual(
        ids,
        mvpds.map(({ id }) => id),
      );
      break;
    }
    case 'createSession':
    case 'resumeSession':
    case 'partnerRequest':
      checkSession(result as Session, body, baseUrl);
      break;
    case 'retrieveSession': {
      const info = result as SessionInfo;
      const given = body['existingParameters'] as Json;
      assert.equal(info.existingParameters['serviceProvider'], given['serviceProvider']);
      assert.equal(info.existingParameters['domainName'], given['domainName'] ?? given['domain']);
      assert.equal(
        info.missingParameters.length,
        (body['missingParameters'] as [] | undefined)?.length ?? 0,
      );
      break;
    }
    case 'profiles':
    case 'profileByCode':
    case 'partnerProfile':
      assert.deepEqual(
        (result as Profile[]).map(({ mvpd }) => mvpd),
        Object.keys(profiles),
      );
      for (const profile of result as Profile[]) checkProfile(profile, profiles);
      break;
    case 'profileByMvpd':
      checkProfile(result as Profile, profiles);
      break;
    case 'preauthorize':
    case 'authorize':
      checkDecisions(result as Decision[], body['decisions'] as Json[]);
      break;
    case 'logout': {
      const logouts = Object.entries(
        body['logouts'] as Record<string, { [key: string]: unknown; url?: string }>,
      );
      const expected = logouts.map(([mvpd, { actionName, actionType, url }]) => ({
        mvpd,
        actionName,
        actionType,
        ...(url !== undefined && { url: new URL(url, baseUrl).href }),
      }));
      assert.deepEqual(result, expected);
      break;
    }
  }
}

function checkSession(session: Session, body: Json, baseUrl: string): void {
  assert.equal(session.action, body['actionName']);
  assert.equal(session.reason, body['reasonType']);
  assert.equal(session.code, body['code']);
  assert.equal(session.mvpd, body['mvpd']);
  assert.equal(session.sessionId, body['sessionId']);
  assert.equal(session.url, new URL(String(body['url']), baseUrl).href);
  assert.equal(
    session.notAfter ?? null,
    body['notAfter'] === undefined ? null : Number(body['notAfter']),
  );
  assert.deepEqual(session.authenticationRequest, body['authenticationRequest']);
  const missing = (body['missingParameters'] ?? []) as string[];
  assert.deepEqual(
    session.missingParameters,
    missing.map((name) => (name === 'domain' ? 'domainName' : name)),
  );
}

function checkProfile(profile: Profile | undefined, all: Record<string, Json>): void {
  assert.ok(profile);
  const { mvpd, ...rest } = profile;
  assert.deepEqual(rest, all[mvpd]);
}

function checkDecisions(decisions: Decision[], documented: Json[]): void {
  const plain = decisions.map(({ resource, authorized, source, mediaToken, error }) => ({
    resource,
    authorized,
    source,
    token: mediaToken?.value,
    error,
  }));
  const expected = documented.map(({ resource, authorized, source, token, error }) => ({
    resource: String(resource).trim(),
    authorized,
    source,
    token: (token as Json | undefined)?.['serializedToken'],
    error,
  }));
  assert.deepEqual(plain, expected);
}
