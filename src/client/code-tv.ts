import type { UpdateDefinition } from '@temporalio/common';
import type { DeviceIdentity } from '../device-identity.ts';
import * as messages from '../workflows/messages.ts';
import * as requests from '../workflows/requests.ts';
import { isHeld, others } from '../workflows/visits.ts';
import { answered } from './answered.ts';
import { type ClientContext, within } from './context.ts';
import { identityOf } from './handle.ts';
import { sealedPlace } from './places.ts';
import { opened, openedPlace, type Standing } from './standing.ts';

/** Who opens a code. */
export interface Visitor {
  /** Names the browser, the same each time, in 100 characters at most: a hash of what it keeps. */
  browser: string;
  /** Names its network, for comparing only: a keyed hash. */
  network: string;
  home?: boolean;
  hold?: boolean;
  place?: messages.Place;
}

/** What the TV's workflow says of a code. */
export interface CodeOnTv {
  standing: Standing;
  tv: CodeTv;
  /** Software statement of the TV's app. */
  statement?: string;
  /** While a code waits. */
  login?: {
    askedAt: Date;
    /** Where the TV seems to be. */
    place?: messages.Place;
    visits: messages.Visit[];
  };
}

/** What a browser is to do that opened a code. */
export interface Visited {
  /** It waits for the TV's word. */
  isHeld: boolean;
  /** Other browsers elsewhere opened it too. */
  isShared: boolean;
  /** Too many did: the code has ended. */
  isOver: boolean;
}

/** The TV behind a code, as its second screen may speak to it. Everything throws DevicePassError. */
export class CodeTv {
  readonly identity: DeviceIdentity;
  readonly #context: ClientContext;
  readonly #workflowId: string;
  readonly #code: string;

  constructor(context: ClientContext, workflowId: string, code: string) {
    this.#context = context;
    this.#workflowId = workflowId;
    this.#code = code;
    this.identity = identityOf(workflowId);
  }

  /** A query, which leaves no event. */
  async look(): Promise<CodeOnTv> {
    const query = () => this.#handle.query(messages.view);
    const { standing, login, statement } = await within(this.#context, () => answered(query));
    const { keys } = this.#context;
    return {
      standing: await opened(keys, this.identity, standing),
      tv: this,
      ...(statement === undefined ? {} : { statement }),
      ...(login
        ? {
            login: {
              askedAt: new Date(login.askedAt),
              visits: login.visits,
              ...(await openedPlace(keys, this.identity, login.place)),
            },
          }
        : {}),
    };
  }

  /** Counts a browser, once. */
  async visit({ place, ...visitor }: Visitor): Promise<Visited> {
    const sealed = await sealedPlace(this.#context.keys, this.identity, place);
    const request = { ...visitor, ...sealed, code: this.#code };
    const login = await this.#update(messages.visit, request, requests.checkVisit);
    return visitedBy(login?.visits, visitor.browser);
  }

  /** The viewer wants none of it: the code ends. */
  async decline(): Promise<void> {
    await this.#update(messages.decline, { code: this.#code }, requests.checkCode);
  }

  /** The TV shows another code. */
  async replaceCode(): Promise<void> {
    await this.#update(messages.replaceCode, { code: this.#code }, requests.checkCode);
  }

  async #update<Ret, Arg>(
    definition: UpdateDefinition<Ret, [Arg]>,
    request: Arg,
    check: (request: Arg) => void,
  ): Promise<Ret> {
    return within(this.#context, async () => {
      check(request);
      return this.#handle.executeUpdate(definition, { args: [request] });
    });
  }

  get #handle() {
    return this.#context.temporal.workflow.getHandle(this.#workflowId);
  }
}

/** What follows for one browser; without visits nobody waits for the code any more. */
export function visitedBy(visits: readonly messages.Visit[] | undefined, browser: string): Visited {
  const own = visits?.find((each) => each.browser === browser);
  return {
    isHeld: own !== undefined && isHeld(own),
    isShared: visits !== undefined && others(visits) > 0,
    isOver: visits === undefined,
  };
}
