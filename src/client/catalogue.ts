import { AemError, type Title } from '../aem/index.ts';
import { type AemEnvironment, createAemEnvironment } from '../aem-environment.ts';
import type { AemSettings } from '../aem-settings.ts';
import {
  createEntitlements,
  createTitles,
  type Entitlements,
  isAvailable,
  type PageRequest,
  type PlayRules,
  type TitleAccess,
  type Titles,
  type ViewerAccess,
} from '../catalogue/index.ts';
import { ImsError } from '../ims/index.ts';
import { DevicePassError } from './errors.ts';

/** One page of titles, the same for everybody. */
export interface CataloguePage {
  titles: Title[];
  /** `after` of the next page; absent on the last. */
  next?: string;
  /** When AEM gave it. */
  readAt: Date;
  /** True while AEM can't be asked and an older page is shown. */
  stale: boolean;
}

/** The same page with what one viewer may watch of it. */
export interface EntitledPage extends Omit<CataloguePage, 'titles'>, Omit<ViewerAccess, 'access'> {
  titles: (Title & { access: TitleAccess })[];
}

/** The catalogue of a connection. */
export interface ConnectedCatalogue {
  /** Whether anybody may see it: read on publish, without a token. */
  isPublic: boolean;
  page: (request?: PageRequest) => Promise<CataloguePage>;
  /** @throws DevicePassError `unknown_title` */
  title: (slug: string) => Promise<Title>;
  entitlements: Entitlements;
  rules: PlayRules | undefined;
  close: () => void;
}

/**
 * Opens the catalogue of an AEM for a connection. Everything rejects with `DevicePassError`.
 *
 * @throws ConfigError for settings that can't work
 */
export function openCatalogue(settings: AemSettings, rules?: PlayRules): ConnectedCatalogue {
  const environment = createAemEnvironment(settings);
  const titles = createTitles(environment.catalogue());
  return { ...reading(titles), ...about(environment), entitlements: createEntitlements(), rules };
}

function about({ settings, close }: AemEnvironment) {
  const { tier = 'publish' } = settings.catalogue;
  const isPublic = tier === 'publish' && !settings.client.tokenTiers?.includes('publish');
  return { isPublic, close };
}

function reading(titles: Titles): Pick<ConnectedCatalogue, 'page' | 'title'> {
  return {
    async page(request = {}) {
      const found = await told(titles.page(checked(request)));
      const now = Date.now();
      return {
        titles: found.titles.filter((title) => isAvailable(title, now)),
        ...(found.next === undefined ? {} : { next: found.next }),
        readAt: new Date(found.readAt),
        stale: found.stale,
      };
    },
    async title(slug) {
      const title = await told(titles.bySlug(slug));
      if (title) return title;
      throw new DevicePassError('unknown_title', `there is no title ${slug}: read the catalogue`);
    },
  };
}

function checked({ after, first }: PageRequest): PageRequest {
  if (first !== undefined && !(Number.isInteger(first) && first >= 1 && first <= 100)) {
    throw new DevicePassError('invalid_request', `first is ${first}: use 1 to 100`);
  }
  return { after, first };
}

/** The one typed error of the client. Its message is for those who run this. */
async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AemError && error.code === 'invalid_variable') {
      throw new DevicePassError('invalid_request', error.message);
    }
    if (!(error instanceof AemError || error instanceof ImsError)) throw error;
    const { code, message, retryable } = error;
    throw new DevicePassError('catalogue_unavailable', message, {
      action: retryable ? 'retry' : 'configuration',
      details: code,
      retryable,
    });
  }
}
