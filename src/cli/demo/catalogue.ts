import { type AemSettings, readAemSettings } from '../../client.ts';
import { startStockedAem } from '../stocked-aem.ts';

export interface DemoCatalogue {
  settings: AemSettings;
  stop: () => Promise<void>;
}

/**
 * The catalogue that the settings name, or beside the sandbox a stand-in for AEM with the starter
 * package's queries; none for a real Adobe Pass without AEM, whose channels nobody knows here.
 *
 * @throws ConfigError with one line for an AEM setting that is wrong
 */
export async function startCatalogue(isSandbox: boolean): Promise<DemoCatalogue | undefined> {
  const configured = readAemSettings(process.env);
  if (configured) return { settings: configured, stop: async () => {} };
  if (!isSandbox) return undefined;
  const aem = await startStockedAem();
  const settings = readAemSettings({ AEM_PUBLISH_URL: aem.hosts.publish });
  if (!settings) throw new Error('an AEM with a publish host is one');
  return { settings, stop: async () => aem.stop() };
}
