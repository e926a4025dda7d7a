import type { Http } from '../context.ts';

/** Many HTTP clients always name a type: JSON with nothing in it counts as no body. */
export function addJsonBody(app: Http): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null);
    else void parse(request, String(text), done);
  });
}
