import type { Confirmation, Visit, VisitRequest } from './messages.ts';
import type { AwaitingLogin } from './state.ts';

/** What is on record of second screens goes by this name; a sign-in mends it. */
export const ACTIVATION = 'activation';

/** So many browsers, on other networks than the TV and the first one, end a code. */
const TOO_MANY = 2;

/** A browser that keeps nothing is another one each time; so many end a code, wherever they are. */
const TOO_MANY_IN_ALL = 50;

/** Keeps a browser that opened the code. One that is known already is who it was. */
export function withVisit(
  phase: AwaitingLogin,
  { code: _own, ...visit }: VisitRequest,
  { generation, now }: { generation: number; now: number },
): AwaitingLogin {
  const { visits = [] } = phase;
  if (visits.some(({ browser }) => browser === visit.browser)) return phase;
  const id = `${generation}-${visits.length + 1}`;
  return { ...phase, visits: [...visits, { ...visit, id, at: now }] };
}

/** Browsers beside the first that are neither at the TV's home nor where the first one is. */
export function others(visits: readonly Visit[]): number {
  const [first, ...later] = visits;
  return later.filter(({ home, network }) => !home && network !== first?.network).length;
}

/** Whether the code went from hand to hand, or is opened on and on. */
export function isShared({ visits = [] }: AwaitingLogin): boolean {
  return others(visits) >= TOO_MANY || visits.length >= TOO_MANY_IN_ALL;
}

/** Whether a browser waits for the TV's word. */
export function isHeld({ hold, confirmed }: Visit): boolean {
  return hold === true && confirmed !== true;
}

/** What the TV is asked, one browser after the other. */
export function asked({ visits = [] }: AwaitingLogin): { confirmation?: Confirmation } {
  const held = visits.find(isHeld);
  if (!held) return {};
  const { id, at: askedAt, place } = held;
  return { confirmation: { id, askedAt, ...(place ? { place } : {}) } };
}

/** The TV says yes to one of them. */
export function confirmVisit(phase: AwaitingLogin, id: string): AwaitingLogin {
  const { visits = [] } = phase;
  const confirmed = visits.map((each) => (each.id === id ? { ...each, confirmed: true } : each));
  return { ...phase, visits: confirmed };
}
