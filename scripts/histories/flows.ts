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
  F6: ['signed-in'],
  F7: ['signed-in', 'denied'],
  F8: ['logged-out'],
};
