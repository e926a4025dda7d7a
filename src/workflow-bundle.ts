import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const WORKFLOWS = join(ROOT, 'src', 'workflows', 'index.ts');
const BUILT = join(ROOT, 'dist', 'workflows.bundle.js');
const MARK = '// made of ';

type WebpackHook = NonNullable<Parameters<typeof bundleWorkflowCode>[0]['webpackConfigHook']>;

/**
 * The workflow code as one file, as workers load it: the one that was built with the package, or, where
 * there is none or the sources have changed since, a fresh one, which takes seconds.
 */
export async function bundleWorkflows(): Promise<WorkflowBundle> {
  return built() ?? bundleSources();
}

/**
 * The same with short stack traces. The SDK takes one for each promise, to show where a workflow waits
 * ("Call Stack"), and looks each frame up in the map of the sources: of what workflows cost that was the
 * largest part (sdk-typescript issue 1587).
 *
 * @param frames - Of errors too: where one was thrown is the first
 */
export function withStackFrames(bundle: WorkflowBundle, frames: number): WorkflowBundle {
  // On the first line, or the map would be off by one.
  return { ...bundle, code: `Error.stackTraceLimit = ${frames};${bundle.code}` };
}

/** For the build: a bundle that says on its first line what it was made of, and its place. */
export async function buildWorkflowBundle(): Promise<{ file: string; code: string }> {
  const { code } = await bundleSources();
  return { file: BUILT, code: `${MARK}${JSON.stringify(madeOf(ownSources(code)))}\n${code}` };
}

async function bundleSources() {
  return bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    // Evaluated once, not for each workflow anew: no module of ours keeps anything of its own.
    preloadModules: [WORKFLOWS],
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: forOurSources,
  });
}

function built(): WorkflowBundle | undefined {
  try {
    const code = readFileSync(BUILT, 'utf8');
    const mark = code.slice(0, code.indexOf('\n')).replace(MARK, '');
    const { sources } = JSON.parse(mark) as ReturnType<typeof madeOf>;
    return isDeepStrictEqual(JSON.parse(mark), madeOf(Object.keys(sources))) ? { code } : undefined;
  } catch {
    return undefined;
  }
}

/** What a bundle depends on: a source can't come in but through one that changes. */
function madeOf(files: string[]): { sdk: string; sources: Record<string, string> } {
  const sdk = createRequire(import.meta.url)('@temporalio/workflow/package.json') as {
    version: string;
  };
  return { sdk: sdk.version, sources: hashesOf(files) };
}

/** By their paths in the package: whether a build was made of the sources as they are. */
export function hashesOf(files: readonly string[]): Record<string, string> {
  const hash = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(ROOT, file)))
      .digest('base64url');
  return Object.fromEntries(files.map((file) => [file, hash(file)]));
}

/** The files of ours in a bundle, by its map. */
function ownSources(code: string): string[] {
  const [, map = ''] = /sourceMappingURL=data:[^,]*;base64,([A-Za-z0-9+/=]+)/.exec(code) ?? [];
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] };
  return sources.filter((source) => /^src\/.*\.ts$/.test(source));
}

/**
 * The SDK compiles no TypeScript below `node_modules`, where an installed package lies. And a map of
 * the sources names them as they are here, not where the package was built.
 */
const forOurSources: WebpackHook = (config) => ({
  ...config,
  output: {
    ...config.output,
    devtoolModuleFilenameTemplate: ({ absoluteResourcePath }: { absoluteResourcePath: string }) =>
      relative(ROOT, absoluteResourcePath),
  },
  module: {
    ...config.module,
    rules: (config.module?.rules ?? []).map((rule) =>
      typeof rule === 'object' && rule?.test instanceof RegExp && rule.test.test('index.ts')
        ? { ...rule, exclude: [], include: join(ROOT, 'src') }
        : rule,
    ),
  },
});
