import { z } from 'zod';
import { defined, flag, lenient } from './fields.ts';
import type { V2Input } from './input.ts';
import type { Call } from './operation.ts';
import { segment } from './paths.ts';
import type { Send } from './transport.ts';

/** A pay-TV provider as the picker shows it. */
export interface Mvpd {
  id: string;
  /** The id where Adobe gives no name. */
  displayName: string;
  logoUrl?: string;
  isTempPass: boolean;
  isProxy: boolean;
  /** Onboarding to the platform's own sign-on; values are not documented. */
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

const text = lenient(z.string());
const boolean = lenient(z.boolean());

const mvpdSchema = z
  .object({
    id: z.string().min(1),
    displayName: text,
    logoUrl: text,
    isTempPass: flag,
    isProxy: flag,
    boardingStatus: text,
    platformMappingId: text,
    enablePlatformServices: boolean,
    displayInPlatformPicker: boolean,
    enforcePlatformPermissions: boolean,
  })
  .transform((mvpd): Mvpd => defined({ ...mvpd, displayName: mvpd.displayName ?? mvpd.id }));

const domainSchema = z.object({ name: z.string() });

// One provider or domain we can't read must not take the others from the picker.
const readable = <T extends z.ZodType>(schema: T) =>
  z.array(z.unknown()).transform((items) =>
    items.flatMap((item) => {
      const result = schema.safeParse(item);
      return result.success ? [result.data] : [];
    }),
  );

const configurationSchema = z.object({
  requestor: z.object({
    id: z.string(),
    name: text,
    domains: readable(domainSchema).catch([]),
    mvpds: readable(mvpdSchema),
  }),
});

/** Reads the offer (`rest-api-v2-configuration-apis-retrieve-configuration`). */
export function configuration(send: Send, input: V2Input, call?: Call) {
  const { accessToken, serviceProvider, device } = input;
  return send(
    {
      operation: 'configuration',
      method: 'GET',
      path: `/api/v2/${segment('configuration', 'serviceProvider', serviceProvider)}/configuration`,
      device,
      accessToken,
      parse: (body): Configuration => {
        const { id, name, domains, mvpds } = configurationSchema.parse(body).requestor;
        const names = domains.map((domain) => domain.name);
        return { serviceProvider: defined({ id, name, domains: names }), mvpds };
      },
    },
    call,
  );
}
