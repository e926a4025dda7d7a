import type { Command } from 'commander';

/** Says at the end of a command's help where its settings are, and which nobody can do without. */
export function addSettingsHelp(command: Command, main: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nSettings come from the environment, or a file .env here: see .env.example.\nMain ones: ${main.join(', ')}`,
  );
}
