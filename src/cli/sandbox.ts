import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import { startSandbox } from '../sandbox/index.ts';
import { ownAddress } from './own-address.ts';
import { type AemStandIns, startAemStandIns } from './sandbox-aem.ts';

interface SandboxFlags {
  host: string;
  port: number;
  codeLife: number;
  throttle: boolean;
  aem: boolean;
}

export function addSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('runs a stand-in for Adobe Pass and an MVPD login page, over real HTTP')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', wholeNumber(0, 65_535), 8180)
    .option('--code-life <seconds>', 'how long a code lasts', wholeNumber(1, 86_400), 1_800)
    .option('--no-throttle', "without Adobe's limit of one request a second per viewer")
    .option('--aem', 'stand-ins for AEM and IMS too, on this machine only', false)
    .action(async ({ host, port, codeLife, throttle, aem: withAem }: SandboxFlags) => {
      const address = await ownAddress(host);
      const sandbox = await startSandbox({
        host: address,
        port,
        codeLifeMs: codeLife * 1000,
        throttle,
      });
      const aem = withAem ? await startAemStandIns() : undefined;
      process.stdout.write(
        [
          `Sandbox of Adobe Pass at ${sandbox.url}`,
          '',
          `  ADOBE_PASS_URL=${sandbox.url}`,
          '  service provider REF30, MVPDs NorthCable, SkyDish, RiverFiber, HarborTel, TempPass_Preview,',
          '  TempPass_Daily, TempPass_Titles',
          `  software statement: curl ${sandbox.url}/_sandbox/software-statement`,
          `  faults, requests, state: ${sandbox.url}/_sandbox/`,
          '  sign in as anybody; `nosub` has no subscription, `denied` is turned away',
          '',
          ...(aem ? aemLines(aem) : []),
          'Ctrl+C stops it.',
          '',
        ].join('\n'),
      );
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      await Promise.all([sandbox.stop(), aem?.stop()]);
    });
}

function aemLines({ settings }: AemStandIns): string[] {
  return [
    'Beside it an AEM with a catalogue, and the IMS whose tokens it takes:',
    '',
    ...Object.entries(settings).map(([name, value]) => `  ${name}=${value}`),
    '',
  ];
}

/** A whole number within bounds, or commander's one-line complaint. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`use a whole number from ${least} to ${most}.`);
  };
}
