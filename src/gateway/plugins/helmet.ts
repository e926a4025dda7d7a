import helmet from '@fastify/helmet';
import type { Http } from '../context.ts';

/**
 * Security headers. Pages take scripts and styles from here only; logos of providers may come from
 * any https host. A form may lead to Adobe, for choosing a provider ends there.
 */
export async function addHelmet(app: Http, issuer: string, adobePassOrigin: string): Promise<void> {
  const secure = issuer.startsWith('https:');
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'https:', 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'", adobePassOrigin],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        ...(secure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    // A phone on the demo's plain http must not be told to use https for half a year.
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}
