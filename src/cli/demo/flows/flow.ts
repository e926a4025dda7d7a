import type { DeviceFacts } from '../../../adobe-pass/index.ts';
import type { DeviceClient } from '../../../client.ts';
import type { DemoOptions } from '../play.ts';
import type { Stage } from '../stage.ts';
import type { Television } from '../television.ts';
import type { Timeline } from '../timeline.ts';

/** One story that the demo can tell. */
export interface Flow {
  /** For the help, in a few words. */
  description: string;
  /** Whether it changes what the sandbox does, so that no real Adobe Pass will do. */
  needsSandbox?: boolean;
  /** Whether its gateway knows of whose household TVs are. */
  knowsHouseholds?: boolean;
  /** Another TV than the demo's own, and what its app sends with every request. */
  tv?: { facts: DeviceFacts; headers: () => Record<string, string> };
  /**
   * Plays it with a TV that is registered at the gateway and knows nobody yet.
   *
   * @throws CommandError with one line when a step does not work
   */
  play: (scene: Scene) => Promise<Ending>;
}

/** What a flow plays on. */
export interface Scene {
  stage: Stage;
  /** The TV's app, which talks to the gateway. */
  tv: Television;
  /** The same TV as backends and operators see it. */
  device: DeviceClient;
  timeline: Timeline;
  options: DemoOptions;
}

export interface Ending {
  /** What `--json` prints. */
  figures: object;
  /** Ends the sentence that begins with "It worked: ". */
  summary: string;
}
