import type { RequestListener } from 'node:http';
import {
  createVerification,
  type MediaTokenOptions,
  type SideCarOptions,
} from '../../src/media-tokens/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { mediaToken } from '../../src/sandbox/media-token.ts';
import { settingsOf } from '../../src/sandbox/options.ts';
import { emptyState } from '../../src/sandbox/state.ts';

/** The way to the side-car that a sandbox is. */
export const VERIFY_PATH = '/_sandbox/verify-media-token';

/** Verification by the sandbox, for a farm of gateways. */
export const bySandbox = (sandboxUrl: string): MediaTokenOptions => ({
  verifier: { url: sandboxUrl + VERIFY_PATH },
});

/** A token as a sandbox gives it with a permit. */
export function tokenFor(resource: string, lifeMs = 420_000): string {
  const state = emptyState(settingsOf({ mediaTokenLifeMs: lifeMs }));
  return mediaToken(state, { serviceProvider: 'REF30', mvpd: 'NorthCable', resource })
    .serializedToken;
}

/** The same token with another text in it. */
export function forged(token: string, from: string, to: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.includes(from)) throw new Error(`no ${from} in the token`);
  return Buffer.from(text.replaceAll(from, to)).toString('base64');
}

/** A verification by the side-car at that address. */
export function verifying(
  url: URL | string,
  { timeoutMs, whenAway, ...sideCar }: Partial<SideCarOptions & MediaTokenOptions> = {},
) {
  return createVerification({
    verifier: { url: String(url), ...sideCar },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(whenAway === undefined ? {} : { whenAway }),
  });
}

/** A listener that answers one after the other, the last one for ever. */
export function answering(...answers: [status: number, body: string][]): {
  listener: RequestListener;
  asked: { authorization: string | undefined; body: string }[];
} {
  const asked: { authorization: string | undefined; body: string }[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const [status, text] = answers[Math.min(asked.length, answers.length - 1)] ?? [500, ''];
      asked.push({ authorization: request.headers.authorization, body });
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  };
  return { listener, asked };
}

/** A sandbox, and a verification by it. */
export async function sandboxVerifier() {
  const sandbox = await startSandbox();
  const verification = verifying(sandbox.url + VERIFY_PATH);
  return {
    verify: verification.verify,
    async stop() {
      verification.close();
      await sandbox.stop();
    },
  };
}
