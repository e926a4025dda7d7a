import type { Http } from '../../http/index.ts';
import type { AemHost, FelixConsole } from '../../key-rollout/index.ts';
import type { KeyRing } from '../../sealing/index.ts';

/** What the agent of one AEM host needs; wired in `agent.ts`, replaced in tests. */
export interface HostDependencies {
  host: AemHost;
  felix: FelixConsole;
  http: Http;
  /** Shared by the agents of a farm, and by nobody else: it seals what travels between them. */
  keys: KeyRing;
  /** Told of each step when it is done and before anybody hears of it; default nobody. */
  onStep?: (step: string) => void;
}
