import type { Scope } from '../access-tokens.ts';

/** The parts of the API, in the order in which a TV meets them. */
export const TAGS = [
  { name: 'discovery', description: 'What a client needs to know before it asks for anything' },
  { name: 'oauth', description: 'Registration, codes and tokens (RFC 7591, 8628, 6749, 7009)' },
  { name: 'tv', description: 'What a TV asks once it has a token' },
  { name: 'household', description: 'The TVs of one household: list, name, sign out' },
  { name: 'backend', description: 'For your servers, never for a TV' },
  { name: 'activation', description: 'For an activation page of your own' },
];

/** What a token with a scope is good for. */
export const SCOPE_MEANINGS: Record<Scope, string> = {
  device: 'the TV itself, whoever watches',
  tv: 'the viewer who is signed in',
};
