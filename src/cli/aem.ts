import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { installQueries, QueryPackageError, readQueryPackage } from '../aem/index.ts';
import { createAemEnvironment } from '../aem-environment.ts';
import { readAemSettings } from '../aem-settings.ts';
import { addAudit } from './aem-audit.ts';
import { addAemKeys } from './aem-keys.ts';
import { CommandError } from './fail.ts';
import { addSettingsHelp } from './settings-help.ts';

/** Adds `aem`: the catalogue in AEM, and the keys of a publish farm. */
export function addAem(program: Command): void {
  const aem = program.command('aem').description('catalogue and keys of AEM');

  const installing = aem
    .command('install-queries')
    .description('puts the persisted queries of the catalogue on author; twice changes nothing')
    .option(
      '--root <folder>',
      "folder of your fragments, /content/dam/<folder>/, not the package's",
    )
    .option('--package <queries.json>', 'queries of your own instead of the starter package')
    .action(install);
  addSettingsHelp(installing, ['AEM_AUTHOR_URL', 'AEM_CREDENTIALS_FILE', 'AEM_BASIC']);

  addAudit(aem);
  addAemKeys(aem);
}

async function install(flags: { root?: string; package?: string }): Promise<void> {
  const settings = readAemSettings(process.env);
  if (settings?.hosts.author === undefined) {
    throw new CommandError('AEM_AUTHOR_URL is not set: give the author host');
  }
  const queries = packageOf(flags);
  const { aem, tokens, close } = createAemEnvironment(settings);
  try {
    // Without the short time of a call: whoever is slow in giving the token is named.
    await tokens.accessToken();
    const installed = await installQueries(aem, queries);
    for (const { action, path } of installed) process.stdout.write(`${action} ${path}\n`);
    const changed = installed.filter(({ action }) => action !== 'unchanged');
    if (changed.length === 0) return;
    const nodes = changed.map(({ node }) => `  ${node}\n`).join('');
    process.stderr.write(`Now publish, after model and endpoint:\n${nodes}`);
  } finally {
    close();
  }
}

function packageOf({ root, package: file }: { root?: string; package?: string }) {
  try {
    return readQueryPackage(file === undefined ? undefined : pathToFileURL(file), root);
  } catch (error) {
    if (root !== undefined && error instanceof Error && error.message.startsWith('root ')) {
      throw new CommandError(`--${error.message}`);
    }
    const where = file === undefined ? 'the starter package' : `--package ${file}`;
    if (error instanceof QueryPackageError) throw new CommandError(`${where}: ${error.message}`);
    throw new CommandError(`${where} can't be used: give a queries.json as that in aem/`);
  }
}
