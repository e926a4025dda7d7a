import { readFileSync, writeFileSync } from 'node:fs';
import { runAgent } from '../../src/agent.ts';

// An agent as a process of its own, loaded and waiting for the word to start, so that one that was
// killed is replaced at once. It kills itself right after the first step of a list in a file.
process.once('disconnect', () => process.exit(1));
const file = process.env['DIE_AFTER'] ?? '';
const onStep = (step: string) => {
  const [next, ...left] = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  if (step !== next) return;
  writeFileSync(file, left.join('\n'));
  process.kill(process.pid, 'SIGKILL');
};
process.once('message', () => {
  process.channel?.unref();
  void runAgent(process.env, onStep);
});
process.send?.('loaded');
