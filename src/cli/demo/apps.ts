import { existsSync } from 'node:fs';
import { type App, type Config, readApps } from '../../config.ts';
import type { Sandbox } from '../../sandbox/index.ts';

// The TV app and the second screen are two apps, for each has a registration of its own.
export const DEMO_APP = 'demo';
export const PHONE_APP = 'demo-phone';

/** The first app of the file of apps, where there is one; else one that suits the sandbox. */
export function demoApps(config: Config, sandbox: Sandbox | undefined): Map<string, App> {
  const configured =
    !sandbox && existsSync(config.appsFile) ? readApps(config.appsFile) : undefined;
  const [app] = configured?.values() ?? [];
  const shown: App = app ?? {
    softwareStatement: sandbox?.softwareStatement() ?? 'no-software-statement-configured',
    serviceProvider: 'REF30',
    domainName: 'example.com',
    redirectUrl: 'https://example.com/',
    ...(sandbox ? { tempPass: ['TempPass_Preview', 'TempPass_Daily'] } : {}),
  };
  return new Map([
    [DEMO_APP, shown],
    [PHONE_APP, shown],
  ]);
}
