import { integratedMvpd } from './access.ts';
import { refusal } from './errors.ts';
import { formFields } from './request-body.ts';

const names = ['mvpd', 'domainName', 'redirectUrl'] as const;
type Name = (typeof names)[number];
const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9-]{1,63})*$/i;

/** What create and resume take; each may be missing until the login starts. */
export type SessionFields = Partial<Record<Name, string>>;

/** Reads and checks the form of create and resume. */
export function sessionFields(text: string, serviceProvider: string): SessionFields {
  const { mvpd, domainName, redirectUrl } = formFields(text, names);
  if (mvpd !== undefined) integratedMvpd(mvpd, serviceProvider);
  if (domainName !== undefined && !hostName.test(domainName)) {
    // No code is documented for a bad domainName.
    throw refusal('invalid_parameter_domain_name', 'domainName must be a host name');
  }
  if (redirectUrl !== undefined) checkRedirectUrl(redirectUrl);
  return {
    ...(mvpd === undefined ? {} : { mvpd }),
    ...(domainName === undefined ? {} : { domainName }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
  };
}

/** The names of the fields a session still lacks. */
export function missingFields(fields: SessionFields): Name[] {
  return names.filter((name) => fields[name] === undefined);
}

/** Throws unless the value is an absolute URL a browser can be sent to. */
export function checkRedirectUrl(value: string): void {
  if (!URL.canParse(value) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    throw refusal('invalid_parameter_redirect_url', 'redirectUrl must be absolute, encoded once');
  }
}
