import { duration } from './duration.ts';
import type { HostProgress, Rollout } from './messages.ts';
import { missingWords } from './missing-words.ts';

const LINES = 30;

/** The roll-out as Markdown for the Temporal UI. */
export function currentDetails(rollout: Rollout): string {
  const { hosts, proof, events } = rollout;
  const honoured = proof.filter((direction) => direction.honoured).length;
  return [
    ...headline(rollout),
    '',
    ...hosts.flatMap(waitOf),
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

/** The first line says where it stands or how it ended; below is what a person does next. */
function headline(rollout: Rollout): string[] {
  const { farm, phase, dryRun, paused, waitingFor, ending } = rollout;
  if (ending) {
    const { outcome, reason, todo } = ending;
    return [
      `**Keys of ${farm}: ${WORDS[outcome]}**: ${reason}`,
      ...todo.map((each) => `- ${each}`),
    ];
  }
  const title = `**Keys of ${farm}: ${phase}${dryRun ? ', dry run' : ''}${paused ? ', paused' : ''}**`;
  if (waitingFor === undefined) return [title];
  const words = missingWords(rollout, waitingFor);
  return words.length === 0
    ? [title]
    : [title, '', `Waits before \`${waitingFor}\` for ${words.join(' and ')}.`];
}

const WORDS = {
  done: 'done',
  unchanged: 'nothing was to be done',
  'dry-run': 'dry run over',
  refused: 'refused, nothing was changed',
  rolled_back: 'rolled back, everything is as it was before',
  needs_attention: 'needs attention, not everything could be put back',
};

function waitOf({ id, asked }: HostProgress): string[] {
  if (!asked) return [];
  const since = new Date(asked.since).toISOString();
  return [
    `- waits for the agent of ${id}: ${asked.step} since ${since} (${duration(asked.withinMs)} at most until it begins)`,
  ];
}
