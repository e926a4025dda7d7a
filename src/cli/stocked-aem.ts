import { readQueryPackage } from '../aem/index.ts';
import { type AemSandbox, type AemSandboxOptions, startAemSandbox } from '../sandbox/aem/index.ts';

const TITLES = 60;

/** A stand-in for AEM with titles in it, and with the starter package's queries. */
export async function startStockedAem(options: AemSandboxOptions = {}): Promise<AemSandbox> {
  const aem = await startAemSandbox({ titles: TITLES, ...options });
  for (const { path, query } of readQueryPackage()) aem.install(path, query);
  return aem;
}
