import {
  condition,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { HostActivities } from '../../activities/key-rollout/index.ts';
import { hostStep, patientHostStep } from '../activity-options.ts';
import { PHASE } from '../search-attributes.ts';
import { currentDetails } from './current-details.ts';
import type {
  Fingerprints,
  HostProgress,
  Rollout,
  RolloutPhase,
  RolloutReport,
  RolloutRequest,
} from './messages.ts';

type Examined = Awaited<ReturnType<HostActivities['examineHost']>>;
type TokenHandler = Awaited<ReturnType<HostActivities['readTokenHandler']>>;

/** One instance of the farm: how to reach its agent, and what has been done to it. */
export interface Host {
  id: string;
  agent: HostActivities;
  /** The same, with more patience. */
  patientAgent: HostActivities;
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
  /** Names this roll-out on the hosts; the same after a reset. */
  readonly id = workflowInfo().firstExecutionRunId;
  readonly approved = new Set<string>();

  constructor(request: RolloutRequest) {
    this.request = request;
    this.hosts = request.hosts.map((host) => ({
      id: host.id,
      agent: proxyActivities<HostActivities>(hostStep(host.id, request.limits)),
      patientAgent: proxyActivities<HostActivities>(patientHostStep(host.id, request.limits)),
      progress: { ...host, keys: 'unknown', encapsulated: 'unknown', warnings: [] },
      touched: false,
      refreshed: false,
    }));
    this.state = {
      farm: request.farm,
      dryRun: request.dryRun,
      phase: 'preflight',
      paused: false,
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
    setCurrentDetails(currentDetails(this.state));
  }

  enter(phase: RolloutPhase): void {
    this.state.phase = phase;
    upsertSearchAttributes([{ key: PHASE, value: `key-rollout:${phase}` }]);
    setCurrentDetails(currentDetails(this.state));
  }

  /** Waits here while paused, and for the word to go on where each step needs one. */
  async gate(step: string, advice: string): Promise<void> {
    const open = () => !this.state.paused && (!this.request.approveEach || this.approved.has(step));
    if (open()) return;
    this.state.waitingFor = step;
    this.tell(
      this.state.paused ? `paused before ${step}` : `waits for an approval of ${step}: ${advice}`,
    );
    await condition(open);
    delete this.state.waitingFor;
    this.tell(`goes on with ${step}`);
  }

  report(): RolloutReport {
    const { hosts, proof } = this.state;
    const outcome = this.request.dryRun
      ? 'dry-run'
      : this.changes.length > 0
        ? 'done'
        : 'unchanged';
    this.enter('over');
    return { outcome, hosts, proof, changes: this.changes };
  }
}

export function sameKeys(a: Fingerprints, b: Fingerprints): boolean {
  return a.hmac === b.hmac && a.master === b.master;
}
