import { ofDevice, seal } from '../../sealing/index.ts';
import type { Answer } from '../../workflows/news.ts';
import type { Calls } from '../calls.ts';
import type { Dependencies } from '../dependencies.ts';
import { bringsValidStatus } from '../partner-status.ts';
import { type Conversation, converse, type RequestAsker } from './conversation.ts';
import { findProfile } from './find-profile.ts';
import type { SignInFound, SignInWanted } from './index.ts';
import {
  type InPlaceOfIt,
  openPartnerSession,
  type PartnerResponseWanted,
  type PartnerSignInWanted,
  type SealedRequest,
  takePartnerResponse,
} from './partner.ts';

/** What all requests for a sign-in do. */
interface Common {
  readSettings: (conversation: Conversation, app: string) => void;
  tellOfWait: (conversation: Conversation, asker: RequestAsker) => void;
  cameOf: (
    conversation: Conversation,
    asker: RequestAsker,
    opened: InPlaceOfIt,
    wait: SignInWanted['wait'],
  ) => Promise<SignInFound>;
}

/** Sign-in by the framework of a partner on the device. */
export function partnerActivities(
  { keys }: Pick<Dependencies, 'keys'>,
  calls: Calls,
  common: Common,
) {
  return {
    /** What the partner's framework is to be asked, a sign-in with a profile that is there, or a code. */
    async partnerSignIn(
      asker: RequestAsker,
      wanted: PartnerSignInWanted,
    ): Promise<Answer<SignInFound | { request: SealedRequest } | { isInvalid: true }>> {
      return converse(calls, asker, async (conversation) => {
        common.readSettings(conversation, asker.app);
        common.tellOfWait(conversation, asker);
        const { opened: known } = conversation;
        const isValid = await bringsValidStatus({ keys }, { ...asker, opened: known });
        if (wanted.onlyIfValid && !isValid) return { isInvalid: true };
        const found = await findProfile(conversation, wanted.profile);
        if (found) return common.cameOf(conversation, asker, { profile: found }, undefined);
        const opened = await openPartnerSession(conversation, wanted);
        if (!('authenticationRequest' in opened)) {
          return common.cameOf(conversation, asker, opened, wanted.wait);
        }
        const { authenticationRequest, ...whose } = opened;
        const { request } = authenticationRequest;
        const sealed = await seal(keys, request, ofDevice('saml-request', asker));
        return { request: { ...authenticationRequest, ...whose, request: sealed } };
      });
    },

    /** The sign-in that the answer of the partner's framework leads to, or a code. */
    async partnerResponse(
      asker: RequestAsker,
      wanted: PartnerResponseWanted,
    ): Promise<Answer<SignInFound>> {
      return converse(calls, asker, async (conversation) => {
        common.readSettings(conversation, asker.app);
        common.tellOfWait(conversation, asker);
        const opened = await takePartnerResponse(conversation, wanted);
        return common.cameOf(conversation, asker, opened, wanted.wait);
      });
    },
  };
}
