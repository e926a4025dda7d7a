import type { Rollout } from './messages.ts';

/** What operators have to send before a step may begin, as they type it. */
export function missingWords({ paused, approveEach, approved }: Rollout, step: string): string[] {
  return [
    ...(approveEach && !approved.includes(step) ? [command(`approve ${step}`)] : []),
    ...(paused ? [command('resume')] : []),
  ];
}

function command(word: string): string {
  return `\`devicepass aem keys ${word} --farm <file>\``;
}
