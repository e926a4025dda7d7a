/**
 * The recorded histories in which each of Adobe's flows is played: a line a flow. One that has a test in
 * `test/flows` needs a history here.
 */
export const flows: Record<string, readonly string[]> = {
  F0: ['signed-in', 'registration-lost'],
  F1: ['existing-profile'],
  F2: ['same-screen'],
  F3: ['signed-in', 'expired-and-renewed', 'nobody-there'],
  F4: ['resumed', 'second-screen'],
  F5: ['several-profiles', 'existing-profile'],
  F6: ['signed-in'],
  F7: ['signed-in', 'denied'],
  F8: ['logged-out'],
  F9: ['trial-ended', 'trials-in-a-row'],
  F10: ['trials-in-a-row'],
  F11: ['degraded-authnall', 'degraded-before'],
  F12: ['authz-all'],
  F13: ['authz-none'],
  F14: ['signed-in-by-apple', 'apple-fell-back'],
  F15: ['platform-signed-in'],
  F16: ['roku-sold'],
  F17: ['service-token-sso'],
  F18: ['household-signed-out', 'platform-signed-in'],
};
