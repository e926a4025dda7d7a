import { startImsSandbox } from '../sandbox/ims/index.ts';
import { startStockedAem } from './stocked-aem.ts';

/** Stand-ins for AEM and IMS, and what the environment has to hold to reach them. */
export interface AemStandIns {
  settings: Record<string, string>;
  stop: () => Promise<void>;
}

/** Starts an AEM with the starter package's queries, and the IMS whose tokens it takes. */
export async function startAemStandIns(): Promise<AemStandIns> {
  const ims = await startImsSandbox();
  const aem = await startStockedAem({
    users: (token) => {
      const known = ims.tokenInfo(token);
      return known && { id: known.email, reads: true, writes: true };
    },
  });
  return {
    settings: {
      AEM_AUTHOR_URL: aem.hosts.author,
      AEM_PREVIEW_URL: aem.hosts.preview,
      AEM_PUBLISH_URL: aem.hosts.publish,
      AEM_CREDENTIALS: Buffer.from(JSON.stringify(ims.oauthCredentials())).toString('base64'),
      IMS_ALLOWED_HOSTS: ims.url,
    },
    async stop() {
      await Promise.all([aem.stop(), ims.stop()]);
    },
  };
}
