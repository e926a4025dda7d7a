import { startGatewayFarm } from './gateway-farm.ts';
import { measurePolls, POLL_INTERVAL_S } from './gateway-polls.ts';
import { measureSignIns } from './gateway-sign-ins.ts';
import { readOptions } from './options.ts';
import { type Figures, report } from './report.ts';

/** Figures, and what the gateway promises and did not keep. */
export interface Kept {
  figures: Figures;
  broken: string[];
}

/**
 * What the gateway promises: how soon a TV hears of a sign-in, and what it costs when many TVs poll.
 * Fails when it does not keep it.
 */
export async function gateway(args: string[]): Promise<void> {
  const options = readOptions(
    args,
    { 'sign-ins': 200, 'at-once': 4, devices: 5_000, rate: 100, seconds: 60 },
    ['sign-ins', 'devices'],
  );
  const { 'sign-ins': signIns, 'at-once': atOnce, devices } = options;
  const farm = await startGatewayFarm(options, {
    // So rare that the worker does not compete with what is measured.
    adobePollIntervalMs: 600_000,
    tvPollIntervalS: POLL_INTERVAL_S,
  });
  try {
    const parts = [
      ...(signIns > 0 ? [await measureSignIns(farm, signIns, atOnce)] : []),
      ...(devices > 0 ? [await measurePolls(farm, options)] : []),
    ];
    const figures = Object.assign({}, ...parts.map((part) => part.figures)) as Figures;
    await report(options, 'gateway', `${signIns} sign-ins, ${devices} TVs that poll`, figures);
    const broken = parts.flatMap((part) => part.broken);
    if (broken.length > 0) throw new Error(broken.join('; '));
  } finally {
    await farm.stop();
  }
}
