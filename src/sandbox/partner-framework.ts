import { randomUUID } from 'node:crypto';
import { fromBase64 } from './base64.ts';

/**
 * What Apple's Video Subscriber Account framework answers on a device whose viewer is signed in there:
 * XML, over several lines as a framework may write it. Throws for what is no request of the sandbox.
 */
export function frameworkAnswer({
  request,
  username = 'viewer',
}: {
  request: string;
  username?: string;
}): string {
  const inResponseTo = questionIn(request);
  if (inResponseTo === undefined) throw new Error('request is no authenticationRequest of mine');
  return [
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"\tID="_${randomUUID()}"`,
    `    InResponseTo="${inResponseTo}" Version="2.0">`,
    `  <saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${username}</saml:NameID>`,
    '</samlp:Response>',
    '',
  ].join('\n');
}

/** What Adobe has the framework asked, as `authenticationRequest.request`. */
export function frameworkQuestion(id: string): string {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><samlp:AuthnRequest ID="${id}" Version="2.0"/>`;
  return Buffer.from(xml).toString('base64');
}

/** The id of such a question. */
function questionIn(request: string): string | undefined {
  return /<samlp:AuthnRequest ID="([^"]+)"/.exec(fromBase64(request) ?? '')?.[1];
}

/** What a framework's answer says, as the field `SAMLResponse` has it: on one line, one blank at most. */
export function answerIn(
  samlResponse: string,
): { inResponseTo: string; username: string } | undefined {
  const xml = fromBase64(samlResponse);
  if (xml === undefined || /[\r\n\t]| {2}|^ | $/.test(xml)) return undefined;
  const [, inResponseTo] = /<samlp:Response [^>]*InResponseTo="([^"]+)"/.exec(xml) ?? [];
  const [, username] = /<saml:NameID[^>]*>([^<]+)<\/saml:NameID>/.exec(xml) ?? [];
  return inResponseTo === undefined || username === undefined
    ? undefined
    : { inResponseTo, username };
}
