import type { FoundProfile } from '../activities/found-profile.ts';
import type { LifecycleSettings } from '../activities/settings.ts';
import type { Device } from './device.ts';
import { forgetMvpd, forgetRefusedLogin } from './left-behind.ts';
import { loseRegistration, type Registration, renewMetadata } from './state.ts';
import type { Problem, UpstreamCall } from './upstream-call.ts';

/** One thing that a request found out or changed on its way. */
export type News =
  | { kind: 'worked'; calls: UpstreamCall[] }
  /** Polls of a wait that goes on, or has led to nothing; or calls whose refusal was an answer. */
  | { kind: 'waited'; calls: UpstreamCall[] }
  | { kind: 'failed'; operation: string; problem: Problem }
  | { kind: 'settings'; settings: LifecycleSettings }
  | { kind: 'registration'; registration: Registration }
  /** Adobe no longer knows the credentials: profiles and codes made with them are gone (DCR-04). */
  | { kind: 'registration-lost' }
  /** The provider that was remembered keeps viewers from signing in. */
  | { kind: 'mvpd-refused' }
  | { kind: 'refused-login-ended' }
  /** Of the sign-in that there is, with what the provider told since. */
  | { kind: 'profile-read-again'; profile: FoundProfile };

/** What a request comes back with: what was wanted, or why it can't be had; and all news, in order. */
export type Answer<T> = { news: News[] } & ({ value: T } | { problem: Problem });

/** Makes a device's what a request found out on its way. */
export function learn(device: Device, news: readonly News[]): void {
  for (const each of news) learnOne(device, each);
}

function learnOne(device: Device, news: News): void {
  switch (news.kind) {
    case 'worked':
      return device.recordSuccess(news.calls);
    case 'waited':
      return device.record(news.calls);
    case 'failed':
      return device.recordProblem(news.operation, news.problem);
    case 'settings':
      return device.change({ ...device.state, settings: news.settings });
    case 'registration':
      return device.change({ ...device.state, registration: news.registration });
    case 'registration-lost':
      return device.change(loseRegistration(device.state));
    case 'mvpd-refused':
      return device.change(forgetMvpd(device.state));
    case 'refused-login-ended':
      return device.change(forgetRefusedLogin(device.state));
    case 'profile-read-again':
      return device.change(renewMetadata(device.state, news.profile));
  }
}
