import type { Session } from '../adobe-pass/index.ts';
import type { FoundProfile } from '../activities/found-profile.ts';
import type { SignInWanted } from '../activities/requests/index.ts';
import type { ShownSession } from '../activities/requests/open-session.ts';
import type { Device } from './device.ts';
import { passedOver, presentMvpd } from './left-behind.ts';
import type { ChosenMvpd } from './messages.ts';
import { awaitLogin, type DeviceState, signIn } from './state.ts';
import { askAdobe } from './upstream.ts';

export interface WantedSession {
  mvpd?: ChosenMvpd;
  screen: 'second' | 'same';
  redirectUrl?: string;
}

/** How a sign-in is looked for. */
interface Manners {
  /** A profile that is there already will do. */
  withProfile: boolean;
  /** The viewer wants a new sign-in, with whatever provider. */
  restart?: boolean;
  /** Somebody asks: settings are read anew, and a provider that can't be had is an answer. */
  isAsked?: boolean;
}

/** "E.g., 30 minutes" (`rest-api-v2-sessions-apis`), where Adobe doesn't say. */
const LIFE_MS = 30 * 60_000;
/** No code lives so long; Adobe's answers to polls end it before. */
const MAX_LIFE_MS = 24 * 3_600_000;
/** So many polls at least is a code worth, whatever the clocks say: sessions come no faster. */
const MIN_POLLS = 2;

/**
 * Signs the device in with a profile that Adobe shows, or opens a session and shows its code.
 *
 * @throws ApplicationFailure with Adobe's reason
 */
export async function seekSignIn(
  device: Device,
  deadline: number,
  wanted: WantedSession,
  manners: Manners,
): Promise<void> {
  const { generation } = device.state;
  const found = await askAdobe(device, deadline, 'createSession', (asker) =>
    device.activities.seekSignIn(asker, wantedOf(device.state, wanted, manners)),
  );
  // The wait for the code before may have signed the viewer in meanwhile: no code is needed then.
  if (device.state.generation !== generation && device.state.phase.name === 'signed-in') return;
  if ('profile' in found) return accept(device, found.profile);
  const { mvpd, ...open } = wanted;
  const isFor = mvpd && mvpd.id === found.mvpd ? { mvpd } : {};
  showCode(device, found.session, { ...open, ...isFor });
}

function wantedOf(
  state: DeviceState,
  { mvpd, screen, redirectUrl }: WantedSession,
  { withProfile, restart = false, isAsked = false }: Manners,
): SignInWanted {
  const { rememberedMvpd, setAside, refusedLogin, lastSignIn } = state;
  const chosen = mvpd?.id;
  const present = restart ? presentMvpd(state) : undefined;
  return {
    readsSettings: isAsked,
    ...(withProfile
      ? {
          profile: {
            passOver: [
              // Whatever its times: only a login with a code tells that the viewer is another, or anew.
              ...(setAside ? [{ mvpd: setAside.mvpd }] : []),
              ...passedOver(state, restart ? undefined : chosen),
            ],
            ...(chosen === undefined ? {} : { chosen }),
            ...(isAsked && !restart && rememberedMvpd ? { remembered: rememberedMvpd.id } : {}),
            ...(refusedLogin
              ? { refusedLogin: lastSignIn ? { lastSignIn: lastSignIn.mark } : {} }
              : {}),
          },
        }
      : {}),
    session: {
      orDefaultRedirect: screen === 'second',
      orAnyMvpd: !isAsked,
      ...(chosen === undefined ? {} : { mvpd: chosen }),
      ...(redirectUrl === undefined ? {} : { redirectUrl }),
      ...(present === undefined ? {} : { insteadOf: present }),
      ...(setAside ? { setAside: setAside.mvpd } : {}),
    },
  };
}

function showCode(
  device: Device,
  session: ShownSession,
  { mvpd, screen, redirectUrl }: WantedSession,
): void {
  const { action, code, url, missingParameters, proof } = session;
  device.browserReturned = false;
  device.nudged = false;
  device.waitStopped = false;
  device.firstPollAt = undefined;
  device.change(
    awaitLogin(device.state, {
      code,
      startedAt: Date.now(),
      notAfter: endOfCode(device, session),
      missingParameters,
      screen,
      proof,
      // `resume` and `retry` answer with an address of the API, which is no page for a browser.
      ...(url && action === 'authenticate' ? { url } : {}),
      ...(mvpd ? { mvpd } : {}),
      ...(redirectUrl ? { redirectUrl } : {}),
    }),
  );
}

/** ms since the epoch. Adobe's time may be missing, or not fit our clock. */
function endOfCode({ state }: Device, { notAfter }: Session): number {
  const now = Date.now();
  const least = MIN_POLLS * (state.settings?.pollIntervalMs ?? 15_000);
  return Math.min(Math.max(notAfter ?? now + LIFE_MS, now + least), now + MAX_LIFE_MS);
}

/** Signs the device in with what Adobe shows. */
export function accept(device: Device, found: FoundProfile): void {
  const { passedOver: _known, ...profile } = found;
  device.change(signIn(device.state, profile));
}
