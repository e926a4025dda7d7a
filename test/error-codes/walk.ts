import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type DeviceClient, DevicePassError } from '../../src/client.ts';
import { type Outcome, outcomeAt, type Place, type Told } from '../../src/error-codes/index.ts';
import type { Fault, Operation } from '../../src/sandbox/index.ts';
import { eventually, type Stack } from '../support/stack.ts';
import { newTv, type Tv } from '../workflows/support.ts';
import { gatewayStatusOf } from './gateway.ts';

/** What Adobe says, and at what it is to be treated by. */
export interface Saying extends Told {
  code: string;
  /** The error object, and the HTTP status of an answer with nothing else. */
  error: object;
  http: number;
}

const OPERATION: Record<Place, Operation> = {
  register: 'register',
  token: 'token',
  profiles: 'profileByMvpd',
  trial: 'profileByMvpd',
  createSession: 'createSession',
  resumeSession: 'resumeSession',
  retrieveSession: 'retrieveSession',
  profileByCode: 'profileByCode',
  preauthorize: 'preauthorize',
  'preauthorize item': 'preauthorize',
  authorize: 'authorize',
  'authorize item': 'authorize',
  logout: 'logout',
};
const RESOURCES = ['channel-0', 'channel-1'];
const TRIAL = 'TempPass_Preview';

/** Where the device stood. */
type Before = Awaited<ReturnType<DeviceClient['view']>>['standing'];

/** What the caller got: an answer, or an error. */
export type Came = { value: unknown } | { error: DevicePassError };

/**
 * One device to which Adobe says one thing at place after place. Each request comes from another
 * address, so that neither limits nor what is left to be said at one place reach the next.
 */
export class Walk {
  readonly #stack: Stack;
  readonly #saying: Saying;
  readonly #id = randomUUID();

  constructor(stack: Stack, saying: Saying) {
    this.#stack = stack;
    this.#saying = saying;
  }

  /** Throws an AssertionError where it comes otherwise than the table says. */
  async visit(place: Place): Promise<void> {
    const expected = outcomeAt(place, this.#saying);
    const asked = this.#device();
    const before = await this.#prepare(place, asked);
    // Where the TV itself does not ask, its calls come from where it asked last.
    const isAsked = place !== 'profileByCode' && place !== 'resumeSession';
    const device = isAsked ? this.#device() : asked;
    this.#say(device, place, expected);
    const came = await this.#ask(device, place, before);
    const where = `${this.#saying.code} at ${place}`;
    this.#compare(expected, came, where);
    await this.#arrives(device, place, { expected, before, where });
    assert.equal(await gatewayStatusOf(came), expected.gateway, `${where}: the gateway's status`);
    const requests = device.sent(OPERATION[place]).length;
    const each = place === 'trial' ? 2 : 1; // a look, and once more when the session says: go on
    if (place !== 'profileByCode') {
      assert.equal(requests, each * expected.requests, `${where}: requests`);
    }
  }

  #device(): Tv {
    return newTv(this.#stack, { id: this.#id });
  }

  /** Brings the device to where the place is visited from. */
  async #prepare(place: Place, { tv }: Tv): Promise<Before> {
    if (
      place === 'register' ||
      (place === 'token' && outcomeAt(place, this.#saying).answer === 'throws')
    ) {
      return { status: 'signed-out', reason: 'new' } as Before;
    }
    const wantsCode = ['resumeSession', 'retrieveSession', 'profileByCode'].includes(place);
    const wantsProfile = /authorize|logout/.test(place);
    if (wantsCode) await tv.authenticate({ restart: true });
    else if (!wantsProfile) await this.#signOut(tv);
    if (!wantsProfile) return (await tv.view()).standing;
    const wantsTrial = place === 'authorize item' && this.#isOfTrial;
    const standing = await tv.view().then(
      (view) => view.standing,
      () => undefined,
    );
    const isAnother = wantsTrial || outcomeAt(place, this.#saying).answer === 'goes on';
    if (standing?.status === 'signed-in' && !isAnother) return standing;
    return this.#signIn(wantsTrial);
  }

  /** A device that nobody knows has to be known first. */
  async #signOut(tv: DeviceClient): Promise<void> {
    const standing = await tv.view().then(
      (view) => view.standing,
      () => undefined,
    );
    if (standing?.status === 'signed-out') return;
    if (standing === undefined) await tv.authenticate();
    await tv.abandon();
  }

  get #isOfTrial(): boolean {
    return this.#saying.ends === 'trial' || this.#saying.ends === 'titles';
  }

  /**
   * With a profile that is there already, of a provider that nobody had before: one that was set aside
   * signs nobody in, and limits are learned by provider.
   */
  async #signIn(isTrial: boolean): Promise<Before> {
    const device = this.#device();
    const mvpd = isTrial ? TRIAL : `Cable-${randomUUID().slice(0, 8)}`;
    if (!isTrial) {
      const life = { notBefore: Date.now() - 1_000, notAfter: Date.now() + 3_600_000 };
      const profile = { ...life, issuer: mvpd, type: 'regular', attributes: {} };
      const body = { profiles: { [mvpd]: profile } };
      this.#fault(device, { operation: 'profileByMvpd', times: 9 }, body);
    }
    await device.tv.authenticate({ mvpd: { id: mvpd } });
    const { standing } = await device.tv.view();
    assert.equal(standing.status, 'signed-in', `with ${mvpd}`);
    return standing;
  }

  #say(device: Tv, place: Place, { answer }: Outcome): void {
    const { error, http: status, action } = this.#saying;
    const operation = OPERATION[place];
    const lasts = answer !== 'goes on' || action === 'retry';
    const times = lasts && answer !== 'nobody' ? 99 : 1;
    if (place.endsWith(' item')) {
      const items = RESOURCES.map((resource) => ({ resource, authorized: false, error }));
      this.#fault(device, { operation, times }, { decisions: items });
    } else {
      this.#fault(device, { operation, times, status }, error);
    }
    if (place === 'token' && answer === 'goes on') {
      this.#fault(device, { operation: 'createSession', times: 1, status: 401 }, {});
    }
    if (answer === 'goes on' && operation === 'preauthorize') {
      const permits = RESOURCES.map((resource) => ({ resource, authorized: true }));
      this.#fault(device, { operation, times: 9 }, { decisions: permits });
    }
    // Of a trial that Adobe refuses the session still says: go on.
    if (place === 'trial') {
      const direct = { actionName: 'authorize', actionType: 'direct', reasonType: 'temporary' };
      this.#fault(device, { operation: 'createSession', times: 9 }, direct);
    }
  }

  #fault({ options: { ip } }: Tv, fault: Partial<Fault>, body: object): void {
    this.#stack.sandbox.faults.set({ kind: 'body', ip, ...fault, body: JSON.stringify(body) });
  }

  async #ask({ tv, options }: Tv, place: Place, before: Before): Promise<Came> {
    try {
      return { value: await this.#request(tv, options.ip ?? '', place, before) };
    } catch (error) {
      assert.ok(error instanceof DevicePassError, `${place}: ${String(error)}`);
      return { error };
    }
  }

  async #request(tv: Tv['tv'], ip: string, place: Place, before: Before): Promise<unknown> {
    const code = before.status === 'pending' ? before.code : '';
    switch (place) {
      case 'register':
      case 'token':
      case 'createSession':
        return tv.authenticate();
      case 'profiles':
        return tv.authenticate({ mvpd: { id: 'NorthCable' } });
      case 'trial':
        return tv.authenticate({ mvpd: { id: TRIAL } });
      case 'resumeSession':
        return tv.resume({ code, mvpd: { id: 'NorthCable' } });
      case 'retrieveSession':
        return this.#stack.pass.secondScreen(code, { app: this.#stack.activation, ip }).check();
      case 'profileByCode':
        return undefined;
      case 'preauthorize':
      case 'preauthorize item':
        return tv.preauthorize(RESOURCES, { refresh: true });
      case 'authorize':
      case 'authorize item':
        return tv.authorize(RESOURCES[0] ?? '');
      case 'logout':
        return tv.logout();
    }
  }

  #compare({ answer, action }: Outcome, came: Came, where: string): void {
    const told = toldIn(came);
    const { code } = this.#saying;
    const isTold =
      answer === 'throws' || answer === 'denied' || answer === 'item' || answer === 'problem';
    const expected = isTold
      ? { answer, code, action }
      : { answer: answer === 'nobody' ? 'goes on' : answer };
    assert.deepEqual(told, expected, where);
  }

  async #arrives(
    { tv }: Tv,
    place: Place,
    { expected: { leadsTo }, before, where }: { expected: Outcome; before: Before; where: string },
  ): Promise<void> {
    if (place === 'register' || place === 'token') {
      const { standing } = await tv.view();
      assert.equal(standing.status, leadsTo === 'code' ? 'pending' : 'signed-out', where);
      return;
    }
    if (place === 'profileByCode') return this.#polled(before, leadsTo, where);
    const { standing } = await tv.view();
    if (leadsTo === 'as before') {
      assert.deepEqual(
        [standing.status, standing.generation],
        [before.status, before.generation],
        where,
      );
    } else if (leadsTo === 'code') {
      assert.equal(standing.status, 'pending', where);
    } else {
      const reason = standing.status === 'signed-out' ? standing.reason : standing.status;
      assert.equal(reason, leadsTo, where);
    }
  }

  /** Polls come from the address that asked for the code. */
  async #polled(before: Before, leadsTo: Outcome['leadsTo'], where: string): Promise<void> {
    assert.ok(before.status === 'pending');
    const { tv } = this.#device();
    const polls = () =>
      this.#stack.sandbox.requests.filter(
        ({ operation, path }) => operation === 'profileByCode' && path.includes(before.code),
      ).length;
    if (leadsTo === 'new code') {
      await eventually(async () => {
        const { standing } = await tv.view();
        return standing.status === 'pending' && standing.code !== before.code;
      }, `${where}: a new code`);
      return;
    }
    await eventually(() => polls() > 1, `${where}: polled on`);
    const { standing } = await tv.view();
    assert.equal(standing.status === 'pending' && standing.code, before.code, where);
  }
}

/** What the caller was told, in the words of an outcome. */
function toldIn(came: Came): { answer: string; code?: string; action?: string } {
  if ('error' in came) {
    const { code, action } = came.error;
    return code === 'unknown_code' ? { answer: 'unknown' } : { answer: 'throws', code, action };
  }
  const { value } = came;
  const items: unknown[] = Array.isArray(value) ? value : [];
  const item = items
    .map((one) => Object(one).error as unknown)
    .find((error) => error !== undefined);
  const { status, problem } = Object(value) as { status?: string; problem?: unknown };
  if (status === 'unknown') return { answer: 'unknown' };
  const what = status === 'denied' ? 'denied' : problem ? 'problem' : item ? 'item' : 'goes on';
  if (what === 'goes on') return { answer: what };
  const { code, action } = Object(problem ?? item ?? value) as { code: string; action: string };
  return { answer: what, code, action };
}
