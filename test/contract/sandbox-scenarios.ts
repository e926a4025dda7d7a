import assert from 'node:assert/strict';
import { preparedSamlResponse } from '../../src/adobe-pass/index.ts';
import { frameworkAnswer, type SandboxOptions, signInAsViewer } from '../../src/sandbox/index.ts';
import { createTokens, signInAnotherApp } from '../sandbox/another-app.ts';
import { base64, type Device } from '../sandbox/device.ts';

/** How a sandbox comes into the state that a documented answer tells of. */
export interface Scenario {
  options?: SandboxOptions;
  /** The sandbox's provider in place of the documented one. */
  mvpd?: string;
  /** What the device's framework says of its viewer, in place of the documented one. */
  status?: object;
  /** The framework's answer: the sandbox knows its own questions only. */
  samlResponse?: (device: Device) => Promise<string>;
  /** In place of those documented. */
  headers?: Record<string, string>;
  /** Brings the state about; answers with the code, where there is one. */
  prepare?: (device: Device) => Promise<string | void>;
}

const north = 'NorthCable'; // has a logout page
const sky = 'SkyDish'; // has none
const preview = 'TempPass_Preview';
const titles = 'TempPass_Titles';
const OVER: SandboxOptions = { tempPassLifeMs: 0 };
const NO_TITLES: SandboxOptions = { tempPassTitles: 0 };
const MISCONFIGURED: SandboxOptions = { tempPassIsMisconfigured: true };

export async function signIn(device: Device, mvpd: string): Promise<void> {
  const { json } = await device.signInSession({ mvpd });
  await signInAsViewer(new URL(String(json.url), device.sandbox.url).href);
}

/** A code with whatever is known of its session so far. */
export async function pending(device: Device, fields: Record<string, string>): Promise<string> {
  const { json } = await device.form('/REF30/sessions', fields);
  assert.match(String(json.code), /^[A-Z0-9]{6,8}$/);
  return String(json.code);
}

/** A code for a provider that needs no login: it is chosen once the code is there. */
async function chosen(device: Device, mvpd: string): Promise<string> {
  const code = await pending(device, {});
  const fields = { mvpd, domainName: 'example.com', redirectUrl: 'https://tv.example' };
  await device.form(`/REF30/sessions/${code}`, fields, { bare: true });
  return code;
}

/** What Apple's framework says of a viewer. */
export function statusOf(id: string, accessStatus = 'granted'): object {
  const expirationDate = String(Date.now() + 3_600_000);
  return {
    frameworkPermissionInfo: { accessStatus },
    frameworkProviderInfo: { id, expirationDate },
  };
}
const VALID = statusOf('north-cable');

export const redirect = { domainName: 'example.com', redirectUrl: 'https://tv.example' };

/** The framework's answer to what Adobe has it asked, as it is sent. */
export async function askFramework(device: Device, status: object): Promise<string> {
  const headers = { 'AP-Partner-Framework-Status': base64(status) };
  const { json } = await device.form('/REF30/sessions/sso/Apple', redirect, { headers });
  return preparedSamlResponse(frameworkAnswer(json.authenticationRequest)) ?? '';
}

/** With the mapping id that the sandbox's providers have. */
async function signInByApple(device: Device, mvpd: string): Promise<void> {
  const status = statusOf(mvpd === north ? 'north-cable' : 'sky-dish');
  const fields = { SAMLResponse: await askFramework(device, status) };
  const headers = { 'AP-Partner-Framework-Status': base64(status) };
  const { status: http } = await device.form('/REF30/profiles/sso/Apple', fields, { headers });
  assert.equal(http, 201);
}

const degraded = (kind: 'AuthNAll' | 'AuthZAll' | 'AuthZNone'): Scenario => ({
  mvpd: sky,
  prepare: async (device) => {
    if (kind !== 'AuthNAll') await signIn(device, sky);
    device.sandbox.degrade({ mvpd: sky, kind });
  },
});
const signedIn = (mvpd: string): Scenario => ({ mvpd, prepare: (device) => signIn(device, mvpd) });
const tokens = createTokens();
/** Another app of the viewer is signed in. */
const withServiceToken: Scenario = {
  mvpd: north,
  headers: tokens.headers('viewer'),
  prepare: (device) => signInAnotherApp(device, tokens, 'viewer'),
};
const trial: Scenario = { mvpd: preview };
const trialOver: Scenario = { mvpd: preview, options: OVER };
const open: Scenario = { mvpd: north, prepare: (device) => pending(device, {}) };

/** By the beginning of a sample's name. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'dcr-register--01': {},
  'dcr-token--01': {},
  'dcr-token--02': {},
  'sessions-create--01': { mvpd: north },
  'sessions-create--03': signedIn(north),
  'sessions-create--04': trial,
  'sessions-create--05': degraded('AuthNAll'),
  'sessions-resume--01': open,
  'sessions-resume--02': open,
  'sessions-resume--04': { mvpd: preview, prepare: (device) => pending(device, {}) },
  'sessions-retrieve--02': {
    prepare: (device) =>
      pending(device, { domainName: 'example.com', redirectUrl: 'https://tv.example' }),
  },
  'profiles--01': {
    prepare: async (device) => {
      await signIn(device, north);
      await signIn(device, sky);
    },
  },
  'profiles-code--02': { prepare: (device) => chosen(device, preview) },
  'profiles-code--03': { options: OVER, prepare: (device) => chosen(device, preview) },
  'profiles-code--06': { options: OVER, prepare: (device) => chosen(device, titles) },
  'profiles-code--07': { options: NO_TITLES, prepare: (device) => chosen(device, titles) },
  'profiles-code--08': { options: MISCONFIGURED, prepare: (device) => chosen(device, titles) },
  'profiles-code--10': {
    prepare: async (device) => {
      device.sandbox.degrade({ mvpd: sky, kind: 'AuthNAll' });
      return chosen(device, sky);
    },
  },
  'profiles-mvpd--02': withServiceToken,
  'profiles-mvpd--04': trial,
  'profiles-mvpd--05': trialOver,
  'profiles-mvpd--08': { mvpd: titles, options: OVER },
  'decisions-preauthorize--02': degraded('AuthNAll'),
  'decisions-preauthorize--03': degraded('AuthZAll'),
  'decisions-authorize--01': signedIn(north),
  'decisions-authorize--03': degraded('AuthNAll'),
  'decisions-authorize--04': degraded('AuthZAll'),
  'decisions-authorize--05': degraded('AuthZNone'),
  'decisions-authorize--06': trial,
  'decisions-authorize--07': trialOver,
  'decisions-authorize--08': { mvpd: preview, options: MISCONFIGURED },
  'decisions-authorize--09': { mvpd: titles },
  'decisions-authorize--11': { mvpd: titles, options: NO_TITLES },
  'decisions-authorize--12': { mvpd: titles, options: MISCONFIGURED },
  'logout--02': signedIn(sky),
  'logout--03': withServiceToken,
  'logout--05': { mvpd: north, prepare: (device) => signInByApple(device, north) },
  'logout--06': degraded('AuthNAll'),
  'logout--07': trial,
  'sessions-sso--01': { status: VALID },
  'sessions-sso--02': { ...degraded('AuthNAll'), status: statusOf('sky-dish') },
  // The sample's answer names a provider that its status does not.
  'sessions-sso--03': { status: statusOf('north-cable', 'denied') },
  'sessions-sso--04': { status: statusOf('river-fiber') },
  'profiles-sso--01': {
    status: VALID,
    samlResponse: async (device) => askFramework(device, VALID),
  },
  'profiles-sso--02': { ...degraded('AuthNAll'), status: statusOf('sky-dish') },
};

/** Why a sample isn't tried. */
export const leftOut: readonly (readonly [name: RegExp, reason: string])[] = [
  [/promotional-temppass-invalid-identity/, 'its identity is like those of samples that are taken'],
  [/^authenticate--/, 'a redirect for browsers: see the operations of the sandbox'],
];
