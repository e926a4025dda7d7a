import type { Http } from '../context.ts';
import { parseForm } from '../plugins/formbody.ts';

/** Takes JSON; all other OAuth endpoints take forms. */
export const REGISTER = '/oauth/register';

/** A body of a type that is not served here, whatever is in it. */
class UnknownType extends Error {
  override name = 'UnknownType';
  readonly statusCode = 415;
}

/**
 * What real OAuth clients send. All parameters may stand in `Authorization`, so no body is an empty
 * form; one that says no type is what the endpoint takes. JSON counts as a form too, and there as
 * here a parameter without a value as left out (RFC 6749, section 3.1).
 */
export function addOAuthBodies(scope: Http): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.removeContentTypeParser('text/plain');
  scope.addContentTypeParser('*', { parseAs: 'string' }, (request, content, done) => {
    const text = String(content);
    if (text === '') done(null);
    else if (request.headers['content-type'] !== undefined) done(new UnknownType());
    else if (request.routeOptions.url === REGISTER) void parseJson(request, text, done);
    else done(null, parseForm(text));
  });
  scope.addHook('preValidation', async (request) => {
    const { body, method, routeOptions } = request;
    if (method !== 'POST' || routeOptions.url === REGISTER) return;
    if (body === undefined || body === null) request.body = {};
    else if (typeof body !== 'object' || Array.isArray(body)) throw new UnknownType();
    else request.body = withoutEmpty(body);
  });
}

function withoutEmpty(form: object): object {
  return Object.fromEntries(
    Object.entries(form).filter(([, value]) => value !== '' && value !== null),
  );
}
