import helmet from '@fastify/helmet';
import type { Http } from '../context.ts';

/** Who may show our pages in a frame: nobody, or (in the demo) other pages of the gateway. */
export type Framing = 'none' | 'self';

/**
 * Security headers. Pages take scripts and styles from here only; logos of providers may come from
 * any https host, and from Adobe's as it is configured. Forms end here: browsers hold a form to
 * `form-action` through every redirect, so the way to a provider is a link, never a form's answer.
 */
export async function addHelmet(
  app: Http,
  issuer: string,
  adobePassOrigins: readonly string[],
  framing: Framing = 'none',
): Promise<void> {
  // A stand-in's; https is allowed anyway.
  const insecure = adobePassOrigins.filter((origin) => origin.startsWith('http:'));
  const secure = issuer.startsWith('https:');
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'https:', 'data:', ...insecure],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: [`'${framing}'`],
        baseUri: ["'none'"],
        ...(secure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    // A phone on the demo's plain http must not be told to use https for half a year.
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: framing === 'self' ? 'sameorigin' : 'deny' },
  });
}
