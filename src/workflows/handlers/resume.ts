import { codesThatEnd } from '../../error-codes/index.ts';
import type { Device } from '../device.ts';
import { problemOf, refusal } from '../failures.ts';
import type { ResumeRequest, Standing } from '../messages.ts';
import { plainCode } from '../plain-code.ts';
import { accept } from '../seek-sign-in.ts';
import { type AwaitingLogin, chooseMvpd } from '../state.ts';
import { askAdobe } from '../upstream.ts';

/**
 * A second screen chose the provider for the code on the TV: the same session goes on with it (F4 5).
 * Where that provider can't be had the code is good for another.
 */
export async function resume(device: Device, request: ResumeRequest): Promise<Standing> {
  const deadline = device.deadline();
  return device.phaseLock.runExclusive(async () => {
    const { generation } = device.state;
    const phase = loginWith(device, request.code);
    device.seenAt = Date.now();
    const changed = () => device.state.generation !== generation;
    const redirectUrl = request.redirectUrl ?? phase.redirectUrl;
    const { setAside } = device.state;
    const found = await withLiveCode(request.code, () =>
      askAdobe(device, deadline, 'resumeSession', (asker) =>
        device.activities.chooseProvider(asker, {
          code: phase.code,
          mvpd: request.mvpd.id,
          orDefaultRedirect: phase.screen === 'second',
          ...(redirectUrl === undefined ? {} : { redirectUrl }),
          ...(setAside ? { setAside: setAside.mvpd } : {}),
          ...(request.viewerTokens ? { viewerTokens: request.viewerTokens } : {}),
        }),
      ),
    );
    // The poll may have found a profile meanwhile: then there is nothing left to choose.
    if (changed()) return device.standing;
    if ('profile' in found) {
      accept(device, found.profile);
    } else {
      const { url, missingParameters, proof } = found.session;
      const own = proof ? { proof } : {};
      device.change(
        chooseMvpd(device.state, { mvpd: request.mvpd, missingParameters, url, ...own }),
      );
    }
    return device.standing;
  });
}

/** The login that waits with a code, however it was typed. @throws ApplicationFailure `unknown_code` */
export function loginWith({ state: { phase } }: Device, code: string): AwaitingLogin {
  if (phase.name === 'awaiting-login' && plainCode(phase.code) === plainCode(code)) return phase;
  throw unknownCode(code);
}

/** The code may have ended at Adobe, by itself or with the registration: then no other MVPD helps. */
async function withLiveCode<T>(code: string, choose: () => Promise<T>): Promise<T> {
  try {
    return await choose();
  } catch (error) {
    const problem = problemOf(error);
    const isLost = problem?.action === 'application-registration';
    throw problem && (isLost || CODE_IS_GONE.includes(problem.code)) ? unknownCode(code) : error;
  }
}

const CODE_IS_GONE = codesThatEnd('code');

function unknownCode(code: string) {
  return refusal('unknown_code', `no login waits for code ${code}: get a new code`);
}
