import type { Answer } from './call.ts';
import { isObject } from './base64.ts';

/**
 * The answer with what Adobe's own samples and pages contradict each other in: names of parameters, times
 * as texts and as numbers, blanks at the end, case, an `error` around what stands bare elsewhere, and a map
 * that says one MVPD outside and another inside.
 */
export function withTraps(answer: Answer): Answer {
  const { json } = answer;
  if (!isObject(json)) return answer;
  return { ...answer, json: bodyOf(json) };
}

type Body = Record<string, unknown>;

function bodyOf(body: Body): Body {
  // Its text speaks of an object, and all its samples are without ("Enhanced error codes").
  if ('code' in body && 'action' in body && 'helpUrl' in body) return { error: body };
  return {
    ...body,
    ...(Array.isArray(body['missingParameters'])
      ? { missingParameters: body['missingParameters'].map(inSamples) }
      : {}),
    ...(isObject(body['existingParameters'])
      ? {
          existingParameters: Object.fromEntries(
            Object.entries(body['existingParameters']).map(([name, value]) => [
              inSamples(name),
              value,
            ]),
          ),
        }
      : {}),
    ...each(body['profiles'], 'profiles', trappedProfile),
    ...each(body['logouts'], 'logouts', (logout) => ({ ...logout, mvpd: 'Another' })),
    ...(Array.isArray(body['decisions']) ? { decisions: body['decisions'].map(decision) } : {}),
    ...('notAfter' in body && 'code' in body ? timesTurned(body) : {}),
  };
}

/** The request calls it `domainName`, and so does one sample of the answer; the others do not. */
function inSamples(name: unknown): unknown {
  return name === 'domainName' ? 'domain' : name;
}

function each(map: unknown, name: string, change: (entry: Body) => Body): Body {
  if (!isObject(map)) return {};
  const changed = Object.entries(map).map(([key, entry]) => [
    key,
    isObject(entry) ? change(entry) : entry,
  ]);
  return { [name]: Object.fromEntries(changed) };
}

function trappedProfile(profile: Body): Body {
  const attributes = isObject(profile['attributes']) ? profile['attributes'] : {};
  return {
    ...profile,
    ...timesTurned(profile),
    issuer: 'Another',
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, attribute]) => [
        key,
        isObject(attribute) && typeof attribute['state'] === 'string'
          ? { ...attribute, state: `${attribute['state'].toUpperCase()} ` }
          : attribute,
      ]),
    ),
  };
}

function decision(given: unknown): unknown {
  if (!isObject(given)) return given;
  const { resource, mvpd } = given;
  return {
    ...given,
    ...(typeof resource === 'string' ? { resource: `${resource} ` } : {}),
    ...(typeof mvpd === 'string' ? { mvpd: mvpd.toUpperCase() } : {}),
    ...timesTurned(given),
  };
}

/** Numbers for texts, and texts for numbers. */
function timesTurned(body: Body): Body {
  const turned: Body = {};
  for (const name of ['notBefore', 'notAfter']) {
    const time = body[name];
    if (typeof time === 'number') turned[name] = String(time);
    if (typeof time === 'string') turned[name] = Number(time);
  }
  return turned;
}
