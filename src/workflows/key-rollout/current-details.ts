import type { Rollout } from './messages.ts';

const LINES = 30;

/** The roll-out as Markdown for the Temporal UI. */
export function currentDetails(rollout: Rollout): string {
  const { farm, phase, paused, waitingFor, hosts, proof, events, dryRun } = rollout;
  const honoured = proof.filter((direction) => direction.honoured).length;
  return [
    `**Keys of ${farm}: ${phase}${dryRun ? ', dry run' : ''}${paused ? ', paused' : ''}**`,
    '',
    waitingFor === undefined
      ? ''
      : `Waits before \`${waitingFor}\`: send \`approve\` or \`resume\`.`,
    '',
    '| instance | keys | encapsulated tokens | warnings |',
    '|---|---|---|---|',
    ...hosts.map(
      ({ id, keys, encapsulated, warnings }) =>
        `| ${id} | ${keys} | ${encapsulated} | ${warnings.join('; ').replaceAll('|', '/')} |`,
    ),
    '',
    proof.length > 0 ? `Logins honoured in ${honoured} of ${proof.length} directions.` : '',
    '',
    ...events
      .slice(-LINES)
      .toReversed()
      .map(
        ({ at, host, text }) =>
          `- ${new Date(at).toISOString()} ${host ? `**${host}** ` : ''}${text}`,
      ),
  ].join('\n');
}
