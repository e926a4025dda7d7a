import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAem, createCatalogue, readQueryPackage } from '../../src/aem/index.ts';
import type {
  Aem,
  AemOptions,
  Catalogue,
  CatalogueOptions,
  Credentials,
  GraphQlAnswer,
  PersistedQueryInput,
} from '../../src/aem/index.ts';
import { startAemSandbox } from '../../src/sandbox/aem/index.ts';
import type { AemSandbox, AemSandboxOptions } from '../../src/sandbox/aem/index.ts';

const sandboxes: AemSandbox[] = [];
const clients: Aem[] = [];
const servers: Server[] = [];

/** Ends what a test started; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await Promise.all(sandboxes.splice(0).map(async (sandbox) => sandbox.stop()));
}

/** A stand-in with the starter package's queries published everywhere. */
export async function environment(options: AemSandboxOptions = {}): Promise<AemSandbox> {
  const sandbox = await startAemSandbox(options);
  sandboxes.push(sandbox);
  for (const { path, query } of readQueryPackage()) sandbox.install(path, query);
  return sandbox;
}

/** A client of the stand-in. */
export function clientOf(
  { hosts }: Pick<AemSandbox, 'hosts'>,
  options: Partial<AemOptions> = {},
): Aem {
  const client = createAem({ hosts, ...options });
  clients.push(client);
  return client;
}

/** A client whose token the stand-in honours, until it is told otherwise. */
export function withToken(sandbox: AemSandbox, options: Partial<AemOptions> = {}) {
  const state = { token: sandbox.issueToken(), asked: 0, refused: [] as string[] };
  const credentials = {
    token: async () => {
      state.asked += 1;
      return state.token;
    },
    async replace(token: string) {
      state.refused.push(token);
      state.token = sandbox.issueToken();
      return state.token;
    },
  };
  return { state, aem: clientOf(sandbox, { credentials, ...options }) };
}

/** Credentials of a token that no program can replace. */
export function fixed(text: string): Credentials {
  const token = async () => text;
  return { token, replace: token };
}

export function catalogueOf(
  sandbox: AemSandbox,
  options: CatalogueOptions = {},
  aem: Partial<AemOptions> = {},
): Catalogue {
  return createCatalogue(clientOf(sandbox, aem), options);
}

/** A server that answers as told, in place of AEM on every tier. */
export async function pretender(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Pick<AemSandbox, 'hosts'>> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { hosts: { author: url, preview: url, publish: url } };
}

/** Answers everything with the same status, body and headers. */
export async function always(status: number, body: unknown, headers: Record<string, string> = {}) {
  return pretender((_, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(text);
  });
}

/** What an AemError has to look like. */
export const code = (expected: string, rest: object = {}) => ({
  name: 'AemError',
  code: expected,
  ...rest,
});

export const page = { tier: 'publish', query: 'tve/assets-page' } as const;

/** Nodes of a page's answer. */
export function nodesOf(data: Record<string, unknown>): Record<string, unknown>[] {
  const { edges } = data['tveAssetPaginated'] as { edges: { node: Record<string, unknown> }[] };
  return edges.map(({ node }) => node);
}

/** A client that answers from a list, for what the stand-in is too honest to do. */
export function scripted(pages: object[]): { aem: Aem; asked: PersistedQueryInput[] } {
  const asked: PersistedQueryInput[] = [];
  const persistedQuery = async (input: PersistedQueryInput): Promise<GraphQlAnswer> => {
    const field = pages[asked.push(input) - 1] ?? assert.fail('asked too often');
    return { data: { tveAssetPaginated: field }, errors: [], partial: false };
  };
  return { aem: { persistedQuery } as unknown as Aem, asked };
}
