import { condition, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { HostActivities } from '../../activities/key-rollout/index.ts';
import { PHASE } from '../search-attributes.ts';
import { type Agent, agentOf, patientAgentOf } from './agent-of.ts';
import { currentDetails } from './current-details.ts';
import { missingWords } from './missing-words.ts';
import type {
  Fingerprints,
  HostProgress,
  Mandate,
  Rollout,
  RolloutEnding,
  RolloutPhase,
  RolloutReport,
  RolloutRequest,
} from './messages.ts';

type Examined = Awaited<ReturnType<HostActivities['examineHost']>>;
type TokenHandler = Awaited<ReturnType<HostActivities['readTokenHandler']>>;

/** One instance of the farm: how to reach its agent, and what has been done to it. */
export interface Host {
  id: string;
  agent: Agent;
  /** The same, with more patience. */
  patientAgent: Agent;
  progress: HostProgress;
  /** Set by the preflight. */
  examined?: Examined;
  /** The token handler's configuration right before the switch was written. */
  tokenHandler?: TokenHandler;
  /** A write was begun, so there may be something to put back. */
  touched: boolean;
  /** AEM was told to read its files, so it may hold other keys than before. */
  refreshed: boolean;
}

/** A roll-out while it runs. */
export class KeyRollout {
  readonly request: RolloutRequest;
  readonly hosts: Host[];
  readonly changes: string[] = [];
  readonly state: Rollout;
  /** Names this roll-out on the hosts. */
  readonly id: string;

  constructor(request: RolloutRequest, { id, orders }: Mandate) {
    this.request = request;
    this.id = id;
    this.hosts = request.hosts.map((host) => {
      const progress: HostProgress = {
        ...host,
        keys: 'unknown',
        encapsulated: 'unknown',
        warnings: [],
      };
      const onChange = () => this.show();
      const ofHost = orders[host.id] ?? {};
      return {
        id: host.id,
        agent: agentOf(progress, request.limits, ofHost, onChange),
        patientAgent: patientAgentOf(progress, request.limits, ofHost, onChange),
        progress,
        touched: false,
        refreshed: false,
      };
    });
    this.state = {
      farm: request.farm,
      dryRun: request.dryRun,
      phase: 'preflight',
      paused: false,
      approveEach: request.approveEach,
      approved: [],
      hosts: this.hosts.map(({ progress }) => progress),
      proof: [],
      events: [],
    };
    this.enter('preflight');
  }

  get source(): Host {
    const source = this.hosts.find(({ id }) => id === this.request.source);
    if (!source) throw new TypeError(`no host ${this.request.source}`);
    return source;
  }

  get targets(): Host[] {
    return this.hosts.filter(({ id }) => id !== this.request.source);
  }

  /** What the preflight has found, which comes before everything else. */
  examined({ id, examined }: Host): Examined {
    if (!examined) throw new TypeError(`${id} was not examined`);
    return examined;
  }

  /** Tells operators, once for all that has changed since. */
  tell(text: string, host?: Host): void {
    this.state.events.push({ at: Date.now(), ...(host ? { host: host.id } : {}), text });
    this.show();
  }

  enter(phase: RolloutPhase): void {
    this.state.phase = phase;
    upsertSearchAttributes([{ key: PHASE, value: `key-rollout:${phase}` }]);
    this.show();
  }

  /** The last that operators see, and can search by: how it ended. */
  end(ending: RolloutEnding): void {
    this.state.phase = 'over';
    this.state.ending = ending;
    upsertSearchAttributes([{ key: PHASE, value: `key-rollout:${ending.outcome}` }]);
    this.show();
  }

  show(): void {
    setCurrentDetails(currentDetails(this.state));
  }

  /** Waits here while paused, and for the word to go on where each step needs one. */
  async gate(step: string, advice: string): Promise<void> {
    const open = () => missingWords(this.state, step).length === 0;
    if (open()) return;
    this.state.waitingFor = step;
    const words = missingWords(this.state, step).join(' and ');
    this.tell(`${this.state.paused ? 'paused' : 'waits'} before ${step}: ${advice}; then ${words}`);
    await condition(open);
    delete this.state.waitingFor;
    this.tell(`goes on with ${step}`);
  }

  report(): RolloutReport {
    const { hosts, proof } = this.state;
    const { changes } = this;
    if (this.request.dryRun) {
      const would = `${changes.length === 1 ? '1 change' : `${changes.length} changes`} would be made`;
      this.end({
        outcome: 'dry-run',
        reason: changes.length === 0 ? 'nothing would be changed' : would,
        todo: changes.length === 0 ? [] : ['start it without `--dry-run`'],
      });
      return { outcome: 'dry-run', hosts, proof, changes };
    }
    const outcome = changes.length > 0 ? 'done' : 'unchanged';
    const reason = `logins are honoured in all ${proof.length} directions`;
    this.end({ outcome, reason, todo: [] });
    return { outcome, hosts, proof, changes };
  }
}

export function sameKeys(a: Fingerprints, b: Fingerprints): boolean {
  return a.hmac === b.hmac && a.master === b.master;
}
