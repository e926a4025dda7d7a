import { TOKEN_HEADERS, viewerTokensOf } from './devices.ts';

/** Set by Adobe's visitor library for the whole domain of a site: `AMCV_<organisation>@AdobeOrg`. */
const COOKIE = /^AMCV_[^=;]*$/;
/** Its value is a list of fields and values between bars; the Experience Cloud ID is `MCMID`. */
const FIELD = 'MCMID';

interface Request {
  headers: Record<string, unknown>;
  cookies?: Record<string, string | undefined>;
}

/**
 * The Experience Cloud ID of a viewer on a phone: by the header, or by the cookie that a web property on
 * the same domain has set. One that is broken counts as none.
 */
export function visitorOf({ headers, cookies = {} }: Request): string | undefined {
  const given = headers[TOKEN_HEADERS.visitorIdentifier] ?? ofCookie(cookies);
  return viewerTokensOf({ [TOKEN_HEADERS.visitorIdentifier]: given }).visitorIdentifier;
}

function ofCookie(cookies: Record<string, string | undefined>): string | undefined {
  const [, value = ''] = Object.entries(cookies).find(([name]) => COOKIE.test(name)) ?? [];
  const fields = value.split('|');
  const at = fields.indexOf(FIELD);
  return at < 0 ? undefined : fields[at + 1];
}
