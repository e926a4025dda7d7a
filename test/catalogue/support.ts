import assert from 'node:assert/strict';
import { type AemSettings, type DeviceClient, readAemSettings } from '../../src/client.ts';
import type { Title } from '../../src/aem/index.ts';
import { startStockedAem } from '../../src/cli/stocked-aem.ts';
import type { AemSandbox, AemSandboxOptions } from '../../src/sandbox/aem/index.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';

/** A stand-in for AEM with the starter package published, and the settings that lead to it. */
export async function startAem(
  options: AemSandboxOptions = {},
  env: Record<string, string> = {},
): Promise<{ sandbox: AemSandbox; settings: AemSettings }> {
  const sandbox = await startStockedAem(options);
  return { sandbox, settings: aemSettings(sandbox, env) };
}

/** Settings for all tiers of a stand-in. */
export function aemSettings(
  { hosts }: Pick<AemSandbox, 'hosts'>,
  env: Record<string, string> = {},
): AemSettings {
  const settings = readAemSettings({
    AEM_AUTHOR_URL: hosts.author,
    AEM_PREVIEW_URL: hosts.preview,
    AEM_PUBLISH_URL: hosts.publish,
    ...env,
  });
  assert.ok(settings);
  return settings;
}

/** Signs a viewer in; the page of the provider is opened as a browser would. */
export async function signIn(tv: DeviceClient): Promise<void> {
  const standing = await tv.authenticate({ mvpd: { id: 'NorthCable' } });
  assert.ok(standing.status === 'pending' && standing.url);
  await signInAsViewer(standing.url);
  await tv.browserReturned();
  for await (const { status } of tv.watch({ until: 'signed-in' })) {
    if (status === 'signed-in') break;
  }
}

/** A title by its few deciding facts. */
export function title(facts: Partial<Title> = {}): Title {
  const slug = facts.slug ?? 'harbor-stories';
  return {
    path: `/content/dam/tve/en/${slug}`,
    slug,
    title: 'Harbor Stories',
    requiresAuth: true,
    channelResourceId: 'city-news',
    authorizeWith: 'channel',
    ...facts,
  };
}
