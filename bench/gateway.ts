import { parseArgs } from 'node:util';
import { startGatewayFarm } from './gateway-farm.ts';
import { measurePolls, POLL_INTERVAL_S } from './gateway-polls.ts';
import { measureSignIns } from './gateway-sign-ins.ts';

const RUN_WITHIN_MS = 25 * 60_000;

/**
 * What the gateway promises: how soon a TV hears of a sign-in, and what it costs when many TVs poll.
 * Fails when it does not keep it.
 */
export async function gateway(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      'sign-ins': { type: 'string', default: '200' },
      'at-once': { type: 'string', default: '4' },
      tvs: { type: 'string', default: '5000' },
    },
  });
  const bound = setTimeout(() => {
    console.error(`not done within ${RUN_WITHIN_MS / 60_000} min: try fewer --tvs`);
    process.exit(1);
  }, RUN_WITHIN_MS);
  const farm = await startGatewayFarm({
    // So rare that the worker does not compete with what is measured.
    adobePollIntervalMs: 600_000,
    tvPollIntervalS: POLL_INTERVAL_S,
  });
  try {
    const broken = [
      ...(await measureSignIns(farm, Number(values['sign-ins']), Number(values['at-once']))),
      ...(await measurePolls(farm, Number(values.tvs))),
    ];
    if (broken.length > 0) throw new Error(broken.join('; '));
  } finally {
    clearTimeout(bound);
    await farm.stop();
  }
}
