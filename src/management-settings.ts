import { z } from 'zod';
import { checkStatement } from './software-statement.ts';
import { readText } from './variables.ts';

/** Adobe's management API, which has a software statement of its own. */
export interface ManagementSettings {
  url: string;
  statementFile: string;
}

/** For the schema of the workers' settings. */
export const managementVariables = {
  ADOBE_MANAGEMENT_URL: z
    .url({ protocol: /^https?$/, error: 'use the URL of a host' })
    .transform((url) => new URL(url).origin)
    .optional(),
  ADOBE_MANAGEMENT_STATEMENT_FILE: z.string().optional(),
};

/** Absent without a statement: no resets of TempPass. */
export function managementSettingsOf(values: {
  ADOBE_PASS_URL: string;
  ADOBE_MANAGEMENT_URL?: string | undefined;
  ADOBE_MANAGEMENT_STATEMENT_FILE?: string | undefined;
}): { management?: ManagementSettings } {
  const { ADOBE_MANAGEMENT_STATEMENT_FILE: statementFile } = values;
  if (!statementFile) return {};
  const url = values.ADOBE_MANAGEMENT_URL ?? hostBeside(values.ADOBE_PASS_URL);
  return { management: { url, statementFile } };
}

const ADOBE_HOST = /^https:\/\/(?:api|sp)(-prequal)?(\.auth(?:-staging)?\.adobe\.com)$/;

/**
 * Of the same environment: `mgmt.auth.adobe.com`, `mgmt-prequal.auth.adobe.com` ("Reset TempPass"); those
 * of Staging by the pattern of all others. A stand-in stands for all of Adobe's hosts.
 */
function hostBeside(adobePassUrl: string): string {
  return adobePassUrl.replace(ADOBE_HOST, 'https://mgmt$1$2');
}

/**
 * Reads the software statement for the management API.
 *
 * @throws ConfigError that repeats nothing of it
 */
export function readManagementStatement({ statementFile }: ManagementSettings): string {
  const advice = 'correct ADOBE_MANAGEMENT_STATEMENT_FILE';
  const statement = readText(statementFile, advice).trim();
  checkStatement(statement, `${statementFile} (ADOBE_MANAGEMENT_STATEMENT_FILE)`);
  return statement;
}
