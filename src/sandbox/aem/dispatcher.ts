/** The filter rules of the project archetype that concern GraphQL; everything else is denied. */
export const stockFilters = `
/0001 { /type "deny" /url "*" }
/0060 { /type "allow" /method '(POST|OPTIONS)' /url "/content/_cq_graphql/*/endpoint.json" }
/0061 { /type "allow" /method '(GET|POST|OPTIONS)' /url "/graphql/execute.json*" }
`;

interface Rule {
  allow: boolean;
  method?: RegExp;
  url?: RegExp;
}

/** Whether the dispatcher lets a request through. The last rule that matches decides. */
export type Filter = (method: string, path: string) => boolean;

/**
 * Reads filter rules: `/type`, `/method` and `/url`, patterns in double quotes with `*` and `?`,
 * in single quotes as regular expressions. Default-deny. Throws for anything else, so that a rule
 * is never passed over in silence.
 */
export function parseFilters(text: string): Filter {
  const plain = text.replace(/^\s*(?:#.*|\$include .*)$/gm, '');
  const rules = [...plain.matchAll(/\/\w+\s*\{([^}]*)\}/g)].map(([, body = '']) => ruleOf(body));
  const left = plain.replace(/\/\w+\s*\{[^}]*\}/g, '').trim();
  if (left !== '') throw new Error(`no filter rule: ${left.slice(0, 60)}`);
  return (method, path) =>
    rules.findLast((rule) => (rule.method?.test(method) ?? true) && (rule.url?.test(path) ?? true))
      ?.allow ?? false;
}

function ruleOf(body: string): Rule {
  const rule: Rule = { allow: false };
  for (const [, name = '', quoted = ''] of body.matchAll(/\/(\w+)\s+("[^"]*"|'[^']*')/g)) {
    if (name === 'type') rule.allow = quoted.slice(1, -1) === 'allow';
    else if (name === 'method' || name === 'url') rule[name] = patternOf(quoted);
    else throw new Error(`the sandbox's dispatcher knows no /${name}`);
  }
  return rule;
}

function patternOf(quoted: string): RegExp {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("'")) return new RegExp(`^(?:${inner})$`);
  const escaped = inner.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
