import { z } from 'zod';
import { defined, flag, isRecord, maybe, text } from './fields.ts';
import type { V2Input } from './input.ts';
import type { Call } from './operation.ts';
import { segment } from './paths.ts';
import { readableItems } from './reading.ts';
import type { Send } from './transport.ts';

/** A pay-TV provider as the picker shows it. */
export interface Mvpd {
  id: string;
  /** The id where Adobe gives no name. */
  displayName: string;
  logoUrl?: string;
  isTempPass: boolean;
  isProxy: boolean;
  /**
   * How far it is on board of the platform's own sign-on: `SUPPORTED`, `PICKER` (in the platform's picker,
   * but Adobe signs in) or newer; absent: not at all (`provide-mvpd-list`).
   */
  boardingStatus?: string;
  /** The provider's id on the platform. */
  platformMappingId?: string;
  enablePlatformServices?: boolean;
  displayInPlatformPicker?: boolean;
  enforcePlatformPermissions?: boolean;
}

/** What a service provider offers on a platform. */
export interface Configuration {
  serviceProvider: { id: string; name?: string; domains: string[] };
  mvpds: Mvpd[];
}

const mvpdSchema = z
  .object({
    id: z.string().min(1),
    displayName: text,
    logoUrl: text,
    isTempPass: flag,
    isProxy: flag,
    boardingStatus: text,
    platformMappingId: text,
    enablePlatformServices: maybe,
    displayInPlatformPicker: maybe,
    enforcePlatformPermissions: maybe,
  })
  .transform((mvpd): Mvpd => defined({ ...mvpd, displayName: mvpd.displayName ?? mvpd.id }));

const domainSchema = z.object({ name: z.string() });

/** Reads the offer (`rest-api-v2-configuration-apis-retrieve-configuration`). */
export function configuration(send: Send, maxResponseBytes: number, input: V2Input, call?: Call) {
  const { accessToken, serviceProvider, device } = input;
  return send(
    {
      operation: 'configuration',
      method: 'GET',
      path: `/api/v2/${segment('configuration', 'serviceProvider', serviceProvider)}/configuration`,
      device,
      accessToken,
      maxResponseBytes,
      goodPart: 'requestor',
      parse: (body, reading): Configuration => {
        const requestor = isRecord(body['requestor']) ? body['requestor'] : {};
        const id = typeof requestor['id'] === 'string' ? requestor['id'] : serviceProvider;
        // The page's table has the list beside the requestor, its sample within.
        const list = requestor['mvpds'] ?? body['mvpds'];
        if (list === undefined) throw new Error('no list of MVPDs');
        const domains = readableItems(requestor['domains'] ?? [], 'domains', domainSchema, reading);
        return {
          serviceProvider: defined({
            id,
            name: text.parse(requestor['name']),
            domains: domains.map((domain) => domain.name),
          }),
          mvpds: readableItems(list, 'mvpds', mvpdSchema, reading),
        };
      },
    },
    call,
  );
}
