import type { PageRequest, Viewer } from '../catalogue/index.ts';
import type { ConnectedCatalogue, EntitledPage } from './catalogue.ts';
import type { DeviceClient } from './device.ts';
import { DevicePassError } from './errors.ts';

type Device = Pick<DeviceClient, 'workflowId' | 'view' | 'preauthorize'>;

/** A page of titles joined with what the viewer on a device may watch. */
export async function entitledPage(
  { page, entitlements }: Pick<ConnectedCatalogue, 'page' | 'entitlements'>,
  device: Device,
  request?: PageRequest,
): Promise<EntitledPage> {
  const { titles, ...rest } = await page(request);
  const { access, ...viewer } = await entitlements.accessTo(titles, viewerOn(device));
  const joined = titles.map((title, at) => ({ ...title, access: access[at] ?? 'unknown' }));
  return { ...rest, ...viewer, titles: joined };
}

function viewerOn(device: Device): Viewer {
  return {
    id: device.workflowId,
    /** A query: it leaves no event, and knows of a logout that went through another process. */
    async profile() {
      const standing = await standingOf(device);
      if (standing?.status !== 'signed-in') return undefined;
      const { profile, generation } = standing;
      return { mvpd: profile.mvpd.id, notAfter: profile.notAfter, generation };
    },
    preauthorize: (channels) => device.preauthorize(channels),
  };
}

/** Undefined where nobody has ever heard of the device. */
async function standingOf(device: Device) {
  try {
    return (await device.view()).standing;
  } catch (error) {
    if (error instanceof DevicePassError && error.code === 'not_signed_in') return undefined;
    throw error;
  }
}
