import { mvpds, serviceProviders } from './catalog.ts';
import type { Degradation, State } from './state.ts';

/** A rule of "Degraded access", as somebody sets it. */
export interface DegradationRule extends Degradation {
  mvpd: string;
  /** Absent: for every channel. */
  serviceProvider?: string | undefined;
}

/** Which rules to lift: all that fit. */
export interface LiftedRules {
  mvpd?: string | undefined;
  serviceProvider?: string | undefined;
}

const EVERY = '*';

function keyOf(serviceProvider: string, mvpd: string): string {
  return JSON.stringify([serviceProvider, mvpd]);
}

/** Sets a rule, in the place of one for the same two. Throws for names that nobody has. */
export function degrade(
  { degradations }: State,
  { mvpd, serviceProvider, kind, message }: DegradationRule,
): void {
  if (!mvpds.has(mvpd)) throw unknown('MVPD', mvpd, mvpds);
  if (serviceProvider !== undefined) mustBeIntegrated(serviceProvider, mvpd);
  const rule = { kind, ...(message === undefined ? {} : { message }) };
  degradations.set(keyOf(serviceProvider ?? EVERY, mvpd), rule);
}

/** Lifts the rules of an MVPD, of a channel, of both together, or all. */
export function undegrade({ degradations }: State, lifted: LiftedRules = {}): void {
  const { mvpd = EVERY, serviceProvider = EVERY } = lifted;
  for (const { key, ...rule } of rulesOf(degradations)) {
    const fits = (wanted: string, name: string) => wanted === EVERY || wanted === name;
    if (fits(mvpd, rule.mvpd) && fits(serviceProvider, rule.serviceProvider ?? EVERY)) {
      degradations.delete(key);
    }
  }
}

/** The rule in force, that of the channel itself first. */
export function degradationOf(
  { degradations }: State,
  serviceProvider: string,
  mvpd: string,
): Degradation | undefined {
  return degradations.get(keyOf(serviceProvider, mvpd)) ?? degradations.get(keyOf(EVERY, mvpd));
}

/** Every rule, for the overview. */
export function listDegradations({ degradations }: State): DegradationRule[] {
  return rulesOf(degradations).map(({ key: _key, ...rule }) => rule);
}

function rulesOf(degradations: State['degradations']): (DegradationRule & { key: string })[] {
  return [...degradations].map(([key, rule]) => {
    const [serviceProvider = EVERY, mvpd = ''] = JSON.parse(key) as string[];
    return { key, mvpd, ...(serviceProvider === EVERY ? {} : { serviceProvider }), ...rule };
  });
}

function mustBeIntegrated(id: string, mvpd: string): void {
  const channel = serviceProviders.get(id);
  if (!channel) throw unknown('serviceProvider', id, serviceProviders);
  if (channel.mvpds.includes(mvpd)) return;
  throw new Error(`${id} has no integration with ${mvpd}; it has ${channel.mvpds.join(', ')}`);
}

function unknown(what: string, id: string, known: ReadonlyMap<string, unknown>): Error {
  return new Error(`no ${what} '${id}'; there are ${[...known.keys()].join(', ')}`);
}
