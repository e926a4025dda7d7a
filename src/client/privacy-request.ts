import { invalidRequest } from './errors.ts';

/** What Adobe's Privacy Service is asked to do: delete by default, for the device is forgotten here. */
export interface PrivacyOptions {
  actions?: readonly PrivacyAction[];
  /** `1234567890@AdobeOrg`; absent: `companyContexts` is for you to add. */
  imsOrgId?: string;
  /** As the Privacy Service names laws: `gdpr`, `ccpa`, ... Default `gdpr`. */
  regulation?: string;
}

export type PrivacyAction = 'access' | 'delete';

/** The JSON that is uploaded to the Privacy Service ("How to make a privacy request"). */
export interface PrivacyRequest {
  companyContexts?: { namespace: 'imsOrgID'; value: string }[];
  users: {
    /** Tells answers apart: the hash of the device's id, for it says nothing of the viewer. */
    key: string;
    action: PrivacyAction[];
    userIDs: { namespace: string; type: 'unregistered'; value: string }[];
  }[];
  include: ['primetimeAuthentication'];
  regulation: string;
}

const NAMESPACE = 'http://www.adobe.com/primetimeAuthentication/';
const ACTIONS: readonly string[] = ['access', 'delete'] satisfies PrivacyAction[];

/** @throws DevicePassError `invalid_request` */
export function checkPrivacy({ actions, imsOrgId, regulation }: PrivacyOptions): void {
  const unknown = actions?.find((action) => !ACTIONS.includes(action));
  if (unknown !== undefined || actions?.length === 0) {
    throw invalidRequest(`actions is ${JSON.stringify(actions)}: use access, delete or both`);
  }
  if (imsOrgId !== undefined && !/^[^@\s]{1,100}@AdobeOrg$/.test(imsOrgId)) {
    throw invalidRequest(`imsOrgId is ${JSON.stringify(imsOrgId)}: give it as 1234567890@AdobeOrg`);
  }
  if (regulation !== undefined && !/^[a-z_]{1,60}$/.test(regulation)) {
    throw invalidRequest(`regulation is ${JSON.stringify(regulation)}: use gdpr, ccpa or another`);
  }
}

/** The request about one viewer of a provider. */
export function privacyRequest(
  { key, mvpd, userId }: { key: string; mvpd: string; userId: string },
  { actions = ['delete'], imsOrgId, regulation = 'gdpr' }: PrivacyOptions,
): PrivacyRequest {
  const userIDs = [
    { namespace: `${NAMESPACE}${mvpd}`, type: 'unregistered' as const, value: userId },
  ];
  return {
    ...(imsOrgId === undefined
      ? {}
      : { companyContexts: [{ namespace: 'imsOrgID', value: imsOrgId }] }),
    users: [{ key, action: [...actions], userIDs }],
    include: ['primetimeAuthentication'],
    regulation,
  };
}
