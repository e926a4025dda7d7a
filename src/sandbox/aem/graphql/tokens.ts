/** A request the sandbox's GraphQL refuses, as graphql-java classifies it. */
export class QueryError extends Error {
  readonly classification: string;
  constructor(classification: 'InvalidSyntax' | 'ValidationError', message: string) {
    super(message);
    this.classification = classification;
  }
}

export interface Token {
  kind: 'name' | 'number' | 'string' | 'sign' | 'end';
  text: string;
}

const pattern =
  /(?:[\s,\uFEFF]|#[^\n]*)+|([_A-Za-z]\w*)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\\n]|\\.)*")|(\.{3}|[{}()[\]:=!$@|])/y;

/** Splits a query into its tokens. Block strings are not supported. */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < query.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(query);
    if (!found) throw new QueryError('InvalidSyntax', `Invalid syntax at offset ${String(at)}`);
    const [, name, number, string, sign] = found;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (string !== undefined) tokens.push({ kind: 'string', text: unquoted(string) });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  return [...tokens, { kind: 'end', text: 'end of query' }];
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw new QueryError('InvalidSyntax', `Invalid string ${text}`);
  }
}
