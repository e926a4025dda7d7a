import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { ServiceTokens } from '../../src/client.ts';
import { eventually, type Stack } from '../../test/support/stack.ts';
import { MVPD, signIn, type Tv, until } from './play.ts';

const HOUSEHOLD = 'one-household';
const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();

/** By what the TVs of these stories are of one household. */
export const ofHousehold = {
  serviceTokens: new ServiceTokens({ issuer: 'identity.example.com', privateKey }),
};

/** The first TV signs in with a code, and that is for the second. */
async function signedInOnce(stack: Stack): Promise<{ first: Tv; second: Tv }> {
  stack.sandbox.registerServiceTokenKey({ publicKey });
  stack.sandbox.switchServiceTokenSso({ mvpd: MVPD.id });
  const first = stack.tv({ household: HOUSEHOLD });
  await signIn(stack, first);
  const second = stack.tv({ household: HOUSEHOLD });
  assert.equal((await second.authenticate()).status, 'signed-in');
  assert.equal((await second.authorize('REF30')).status, 'permitted');
  const household = stack.pass.household(HOUSEHOLD);
  await eventually(async () => (await household.tvs()).length === 2, 'both are found');
  return { first, second };
}

/** A TV that needs no code, and hears that the other one signed out. */
export async function serviceTokenSso(stack: Stack): Promise<Record<string, string>> {
  const { first, second } = await signedInOnce(stack);
  await first.logout();
  await until(stack, second, 'signed-out');
  return { 'service-token-sso': second.workflowId };
}

/** A TV with a name, which its household signs out from afar. */
export async function householdSignedOut(stack: Stack): Promise<Record<string, string>> {
  const { second } = await signedInOnce(stack);
  const household = stack.pass.household(HOUSEHOLD);
  const own = (await (await second.household()).tvs()).find(({ isThis }) => isThis);
  await household.rename(own?.id ?? '', 'Kitchen');
  const out = await household.signOutAll();
  assert.deepEqual(out.map(({ status }) => status), ['signed-out', 'signed-out']);
  await until(stack, second, 'signed-out');
  return { 'household-signed-out': second.workflowId };
}

/** A TV that was signed in before its app told whose it is: operators see its household from then on. */
export async function householdJoined(stack: Stack): Promise<Record<string, string>> {
  const id = randomUUID();
  await signIn(stack, stack.tv({ id }));
  const tv = stack.tv({ id, household: HOUSEHOLD });
  assert.equal((await tv.authorize('REF30')).status, 'permitted');
  const household = stack.pass.household(HOUSEHOLD);
  await eventually(async () => (await household.tvs()).length === 1, 'it is found');
  return { 'household-joined': tv.workflowId };
}
