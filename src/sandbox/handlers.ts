import { authenticate } from './adobe-services.ts';
import type { Handler } from './answer.ts';
import { configuration } from './configuration.ts';
import { authorize, preauthorize } from './decisions.ts';
import { logout } from './logout.ts';
import type { Operation } from './operations.ts';
import { partnerProfile, partnerRequest } from './partner-sso.ts';
import { profileByCode, profileByMvpd, profiles } from './profiles.ts';
import { register, token } from './registration.ts';
import { resetTempPass, resetTempPassByKey } from './reset-temp-pass.ts';
import { createSession, resumeSession, retrieveSession } from './sessions.ts';

/** What answers each operation. */
export const handlers: Record<Operation, Handler> = {
  register,
  token,
  configuration,
  createSession,
  resumeSession,
  retrieveSession,
  authenticate,
  profiles,
  profileByMvpd,
  profileByCode,
  preauthorize,
  authorize,
  logout,
  resetTempPass,
  resetTempPassByKey,
  partnerRequest,
  partnerProfile,
};
