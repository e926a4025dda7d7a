import { objectFromBase64 } from './base64.ts';
import type { Call } from './call.ts';
import { mvpds } from './catalog.ts';
import { refusal } from './errors.ts';
import type { DeviceInfo } from './device-info.ts';

/** A status that counts, of a viewer of this MVPD; or what is wrong with it, by Adobe's code. */
export type PartnerStatus = { mvpd: string } | { code: string; mvpd?: string };

/** "AP-Partner-Framework-Status": granted, of a known provider, and not over. */
export function partnerStatusOf({ headers }: Call): PartnerStatus {
  const status = objectFromBase64(headers['ap-partner-framework-status'] ?? '') ?? {};
  const { accessStatus } = part(status, 'frameworkPermissionInfo');
  const { id, expirationDate } = part(status, 'frameworkProviderInfo');
  const mvpd = [...mvpds.values()].find(({ apple }) => apple && apple.platformMappingId === id)?.id;
  const code = (reason: string) => ({
    code: `invalid_header_pfs_${reason}`,
    ...(mvpd === undefined ? {} : { mvpd }),
  });
  if (accessStatus === undefined) return code('permission_access_not_present');
  if (accessStatus === 'notDetermined') return code('permission_access_not_determined');
  if (accessStatus !== 'granted') return code('permission_access_not_granted');
  if (mvpd === undefined) return code('provider_id_not_determined');
  // Milliseconds as a text; whoever sends a number has not read the page.
  const isText = typeof expirationDate === 'string' && /^\d+$/.test(expirationDate);
  if (!isText || Number(expirationDate) <= Date.now()) return code('provider_info_expired');
  return { mvpd };
}

/** The MVPD that a valid status vouches for. */
export function vouchedFor(call: Call): string | undefined {
  const status = partnerStatusOf(call);
  return 'code' in status ? undefined : status.mvpd;
}

/** The same for a call about one MVPD. Throws the refusal of a status that vouches for another. */
export function vouchedForOne(call: Call, mvpd: string): string | undefined {
  const partners = vouchedFor(call);
  if (partners === undefined || partners === mvpd) return partners;
  throw refusal('invalid_header_pfs_provider_id_mismatch');
}

/** Whether it is a platform of Apple's, where the framework is. */
export function isApple({ osName }: Pick<DeviceInfo, 'osName'>): boolean {
  return ['iOS', 'tvOS'].includes(osName);
}

function part(status: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = status[name];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
