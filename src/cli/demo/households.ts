import { ServiceTokens } from '../../client.ts';
import { generateServiceTokenKey } from '../../service-tokens/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';

const MVPDS = ['NorthCable', 'SkyDish', 'RiverFiber', 'HarborTel', 'SandboxTest'];

/** A key of the demo's own identity service, as Adobe has to have it. */
export async function householdsAt(sandbox: Sandbox): Promise<ServiceTokens> {
  const { privateKey, publicKey, keyId } = await generateServiceTokenKey();
  sandbox.registerServiceTokenKey({ publicKey, kid: keyId });
  for (const mvpd of MVPDS) sandbox.switchServiceTokenSso({ mvpd });
  return new ServiceTokens({ issuer: 'identity.example.com', privateKey });
}
