import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BRIEFLY, has, prepare } from './run.ts';

/** A program and its arguments. */
export type Start = [string, ...string[]];

/** TVs in one language. */
export interface Programs {
  language: string;
  /** What has to be on the machine: a name for people, and a call that only prints something. */
  needs: readonly { name: string; call: Start }[];
  /** By library: what its TV tells. */
  tells: Record<string, Record<string, unknown>>;
  /** Compiles or installs, and gives each library's TV. */
  prepare: (places: { folder: string; cache: string }) => Promise<Record<string, Start>>;
}

const PLAYED = { refreshed: true, session: 'signed-in', play: 'permitted' };
const sourceOf = (path: string) => fileURLToPath(new URL(`./${path}`, import.meta.url));

export const PROGRAMS: readonly Programs[] = [
  {
    language: 'go',
    needs: [{ name: 'Go', call: ['go', 'version'] }],
    tells: { 'golang.org/x/oauth2': PLAYED },
    async prepare({ folder }) {
      await prepare('go', ['build', '-o', join(folder, 'tv'), '.'], { cwd: sourceOf('go') });
      return { 'golang.org/x/oauth2': [join(folder, 'tv')] };
    },
  },
  {
    language: 'python',
    needs: [{ name: 'Python 3 with venv', call: ['python3', '-c', 'import venv, ensurepip'] }],
    tells: {
      Authlib: PLAYED,
      'requests-oauthlib, with httpx-sse,': { ...PLAYED, events: ['code', 'signed-in'] },
    },
    async prepare({ folder }) {
      await prepare('python3', ['-m', 'venv', folder]);
      const python3 = join(folder, 'bin', 'python3');
      const requirements = sourceOf('python/requirements.txt');
      await prepare(python3, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
      return {
        Authlib: [python3, sourceOf('python/tv.py')],
        'requests-oauthlib, with httpx-sse,': [python3, sourceOf('python/requests_tv.py')],
      };
    },
  },
  {
    language: 'java',
    needs: [
      { name: 'Maven', call: ['mvn', '--version'] },
      { name: 'JDK', call: ['javac', '-version'] },
    ],
    tells: { "Nimbus' oauth2-oidc-sdk": PLAYED, ScribeJava: PLAYED },
    async prepare({ folder }) {
      const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
      const pom = sourceOf('java/pom.xml');
      await prepare('mvn', ['-q', '-B', '-f', pom, copy, `-DoutputDirectory=${folder}`]);
      const classPath = [...BRIEFLY, '-cp', join(folder, '*')];
      return {
        "Nimbus' oauth2-oidc-sdk": ['java', ...classPath, sourceOf('java/NimbusTv.java')],
        ScribeJava: ['java', ...classPath, sourceOf('java/ScribeTv.java')],
      };
    },
  },
  {
    language: 'rust',
    needs: [{ name: 'cargo', call: ['cargo', '--version'] }],
    tells: { 'the crate oauth2': PLAYED },
    async prepare({ cache }) {
      await prepare('cargo', ['build', '--locked', '--quiet', '--target-dir', cache], {
        cwd: sourceOf('rust'),
      });
      return { 'the crate oauth2': [join(cache, 'debug', 'tv')] };
    },
  },
];

/** The first thing that this machine lacks for them. */
export function missing(needs: Programs['needs']): string | undefined {
  return needs.find(({ call: [program, ...args] }) => !has(program, ...args))?.name;
}
