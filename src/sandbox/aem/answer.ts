import type { FastifyReply } from 'fastify';

/** What a tier answers: JSON, a page, or headers alone. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  html?: string;
  /** Content type of `json`. */
  type?: string;
}

/** Thrown by checks: the answer that refuses the request. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused with ${String(answer.status)}`);
    this.answer = answer;
  }
}

/** Writes an answer. */
export async function write(reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
  reply.code(answer.status).headers(answer.headers ?? {});
  if (answer.html !== undefined) {
    return reply.header('content-type', 'text/html;charset=utf-8').send(answer.html);
  }
  if (answer.json === undefined) return reply.send();
  const type = answer.type ?? 'application/json';
  return reply.header('content-type', `${type};charset=utf-8`).send(JSON.stringify(answer.json));
}

/** The dispatcher's own page: the request never reached AEM. */
export const dispatcherNotFound: Answer = {
  status: 404,
  html: '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>The requested URL was not found on this server.</p></body></html>\n',
};

const loginPath = '/libs/granite/core/content/login.html';

/** AEM's login form, as a browser gets it. */
export const loginPage: Answer = {
  status: 200,
  html: `<!DOCTYPE html>\n<html><head><title>AEM Sign In</title></head><body><form action="${loginPath}/j_security_check" method="post"><input name="j_username"><input name="j_password" type="password"></form></body></html>\n`,
};

/** The way to the login form. */
export function loginRedirect(path: string): Answer {
  const location = `${loginPath}?resource=${encodeURIComponent(path)}`;
  return { status: 302, headers: { location } };
}

/** No login and no words: what an expired token gets. */
export const emptyUnauthorized: Answer = { status: 401, headers: { 'content-length': '0' } };
