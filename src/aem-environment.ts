import {
  type Aem,
  type Catalogue,
  type CatalogueOptions,
  createAem,
  createCatalogue,
  credentialsFrom,
  type Tier,
} from './aem/index.ts';
import type { AemSettings } from './aem-settings.ts';
import { createHttp } from './http/index.ts';
import { createIms, type ImsEvent, type TokenSource } from './ims/index.ts';
import { ConfigError } from './variables.ts';

/** One AEM, wired: tokens, client, catalogue. One within a process, so that nothing is asked twice. */
export interface AemEnvironment {
  tokens: TokenSource;
  aem: Aem;
  /** The catalogue of the settings, or as another tier sees it. */
  catalogue: (tier?: Tier) => Catalogue;
  settings: AemSettings;
  /** Ends the connections. */
  close: () => void;
}

/**
 * Wires IMS, AEM and the catalogue; makes no request and reads no credential yet.
 *
 * @throws ConfigError for settings that can't work
 */
export function createAemEnvironment(
  settings: AemSettings,
  onEvent: (event: ImsEvent) => void = () => {},
): AemEnvironment {
  const { hosts, source, kinds, client, catalogue: options } = settings;
  const http = wired(() => createHttp(settings.http));
  const ims = createIms({ http, ...settings.ims, onEvent });
  const tokens = ims.tokens(source, kinds.length === 0 ? {} : { accepts: kinds });
  const credentials = source.from === 'none' ? {} : { credentials: credentialsFrom(tokens) };
  const aem = wired(() => createAem({ hosts, http, ...client, ...credentials }));
  const catalogue = (tier?: Tier): Catalogue =>
    createCatalogue(aem, {
      ...options,
      ...(tier === undefined ? {} : { tier }),
    } satisfies CatalogueOptions);
  return {
    tokens,
    aem,
    catalogue,
    settings,
    close() {
      aem.close();
      http.close();
    },
  };
}

function wired<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new ConfigError(inSettings(error.message));
  }
}

/** What the connections call otherwise: agents use them too, with settings of their own. */
function inSettings(message: string): string {
  return message
    .replace(/^proxy\.url/, 'AEM_PROXY_URL')
    .replace(/^certificateAuthorities/, 'AEM_CA_FILE');
}
