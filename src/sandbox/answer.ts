import { checkAccess } from './access.ts';
import { Refusal } from './call.ts';
import type { Answer, Call } from './call.ts';
import { dcrRefusal, refusal } from './errors.ts';
import { checkHeaders } from './header-check.ts';
import type { OperationRule } from './operations.ts';
import type { State } from './state.ts';

/** Answers one operation; throws a {@link Refusal} for what it does not accept. */
export type Handler = (call: Call, state: State) => Answer | Promise<Answer>;

/** Checks a call against its page's rules and answers it. */
export async function answerOf(
  call: Call,
  rule: OperationRule,
  handler: Handler,
  state: State,
): Promise<Answer> {
  try {
    check(call, rule, state);
    return await handler(call, state);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function check(call: Call, rule: OperationRule, state: State): void {
  switch (call.operation) {
    case 'authenticate': // browsers send what they like; its handler refuses a backend's headers
      return;
    case 'register':
    case 'token':
      return checkRegistration(call, rule);
    case 'resetTempPass':
    case 'resetTempPassByKey': // by its handler: this API has answers of its own
      return;
    default:
      checkAccess(call, state);
      checkQuery(call, rule);
      checkHeaders(call, rule);
  }
}

/** DCR answers every malformed request alike, and takes the credentials in the body only. */
function checkRegistration(call: Call, rule: OperationRule): void {
  if (call.headers['authorization'] !== undefined) throw dcrRefusal('invalid_request');
  try {
    checkQuery(call, rule);
    checkHeaders(call, rule);
  } catch (error) {
    throw error instanceof Refusal ? dcrRefusal('invalid_request') : error;
  }
}

function checkQuery(call: Call, rule: OperationRule): void {
  for (const name of call.query.keys()) {
    if (!rule.query.includes(name)) {
      throw refusal('invalid_request_parameter', `query parameter ${name} is not listed`);
    }
  }
}
