import type { PartnerFrameworkStatus } from './viewer-tokens.ts';

/**
 * Whether the partner's framework vouches for a viewer now: the viewer lets the app ask, has a provider
 * there, and that sign-in has not ended. Only such a status is worth sending
 * (`rest-api-v2-appendix-headers-ap-partner-framework-status`).
 *
 * @param now - ms since the epoch
 */
export function isValidStatus(
  { frameworkPermissionInfo, frameworkProviderInfo }: PartnerFrameworkStatus,
  now = Date.now(),
): boolean {
  const { id, expirationDate } = frameworkProviderInfo;
  return (
    frameworkPermissionInfo.accessStatus === 'granted' &&
    id !== undefined &&
    id !== '' &&
    Number(expirationDate ?? 0) > now
  );
}
