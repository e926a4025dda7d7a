import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

const SOURCES = fileURLToPath(new URL('./', import.meta.url));
const WORKFLOWS = join(SOURCES, 'workflows');
const BUILT = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url));

type WebpackHook = NonNullable<Parameters<typeof bundleWorkflowCode>[0]['webpackConfigHook']>;

/**
 * The workflow code as one file, as workers load it: the one that was built with the package, or, where
 * there is none or the sources have changed since, a fresh one, which takes seconds.
 */
export async function bundleWorkflows(): Promise<WorkflowBundle> {
  return built() ?? bundleSources();
}

/** For the build: a bundle that says which sources it was made of, and its place. */
export async function buildWorkflowBundle(): Promise<{ file: string; code: string }> {
  return { file: BUILT, code: `${mark()}\n${(await bundleSources()).code}` };
}

async function bundleSources() {
  return bundleWorkflowCode({
    workflowsPath: join(WORKFLOWS, 'index.ts'),
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: forOurSources,
  });
}

function built(): WorkflowBundle | undefined {
  try {
    const code = readFileSync(BUILT, 'utf8');
    return code.startsWith(`${mark()}\n`) ? { code } : undefined;
  } catch {
    return undefined;
  }
}

/** A first line that differs wherever the bundle would: by sources, or by the SDK within it. */
function mark(): string {
  const hash = createHash('sha256').update(sdkVersion());
  const files = readdirSync(WORKFLOWS, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts')).toSorted()) {
    hash.update(file).update(readFileSync(join(WORKFLOWS, file)));
  }
  return `// workflows ${hash.digest('hex')}`;
}

function sdkVersion(): string {
  const { version } = createRequire(import.meta.url)('@temporalio/workflow/package.json') as {
    version: string;
  };
  return version;
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
      relative(join(SOURCES, '..'), absoluteResourcePath),
  },
  module: {
    ...config.module,
    rules: (config.module?.rules ?? []).map((rule) =>
      typeof rule === 'object' && rule?.test instanceof RegExp && rule.test.test('index.ts')
        ? { ...rule, exclude: [], include: SOURCES }
        : rule,
    ),
  },
});
