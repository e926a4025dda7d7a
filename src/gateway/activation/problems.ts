import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, toProblem } from '../api/problem.ts';
import { loggable } from '../request-log.ts';
import { HTML, type Pages } from './context.ts';
import type { Look } from './layout.ts';
import { codePage } from './views/code.ts';
import { problemPage } from './views/problem.ts';
import { usedPage } from './views/result.ts';

/** Codes that are to be typed anew. */
const WRONG = new Map<string, 'unknown' | 'old' | 'shared'>([
  ['unknown_code', 'unknown'],
  ['old_code', 'old'],
  ['shared_code', 'shared'],
]);

/** Errors as pages: what happened, in the viewer's language, and the way out. */
export function showProblem({ lookFor, confirmed }: Pages) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = toProblem(error);
    const { status, more } = problem;
    if (status >= 500) request.log.error({ err: loggable(error) }, 'the page failed');
    if (more.retryAfter !== undefined) reply.header('retry-after', more.retryAfter);
    const look = lookFor(request);
    reply.code(status).type(HTML);
    const wrong = WRONG.get(problem.code);
    if (wrong) {
      const code = typedCode(request.body) ?? confirmed.of(request) ?? '';
      confirmed.forget(reply);
      const csrf = reply.generateCsrf();
      return reply.send(codePage(look, { csrf, code, wrong }));
    }
    if (problem.code === 'used_code') return reply.send(usedPage(look));
    return reply.send(problemPage(look, wordsFor(look, problem, error.code, request)));
  };
}

function wordsFor(
  { texts: { problem: texts } }: Look,
  { status, code, more }: Problem,
  errorCode: string | undefined,
  { method, url }: FastifyRequest,
) {
  const again = method === 'GET' ? { reload: url } : {};
  if (status === 429) {
    const minutes = Math.ceil((more.retryAfter ?? 60) / 60);
    return { title: texts.tooMany, lead: texts.tooManyLead(minutes) };
  }
  if (code === 'cross_site' || errorCode?.startsWith('FST_CSRF')) {
    return { title: texts.form, lead: texts.formLead };
  }
  if (code === 'unknown_handle' || code === 'not_signed_in') {
    return { title: texts.handle, lead: texts.handleLead };
  }
  if (status >= 500) return { title: texts.busy, lead: texts.busyLead, ...again };
  return { title: texts.refused, lead: texts.refusedLead, ...again };
}

function typedCode(body: unknown): string | undefined {
  const { user_code: code } = (body ?? {}) as { user_code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
