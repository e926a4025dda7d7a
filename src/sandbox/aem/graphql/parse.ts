import { QueryError, tokensOf } from './tokens.ts';
import type { Token } from './tokens.ts';

/** A value in a query: a constant, a variable, or a list or object of values. */
export type Value =
  | { kind: 'constant'; value: string | number | boolean | null }
  | { kind: 'enum'; name: string }
  | { kind: 'variable'; name: string }
  | { kind: 'list'; items: Value[] }
  | { kind: 'object'; fields: Map<string, Value> };

export interface Variable {
  name: string;
  /** As written: `Int`, `String!`. */
  type: string;
  defaultValue?: Value;
}

export interface Selection {
  /** Name in the answer. */
  key: string;
  name: string;
  args: Map<string, Value>;
  selections: Selection[] | undefined;
  /** Type of the inline fragment it stands in. */
  on?: string;
}

export interface Query {
  name: string | undefined;
  variables: Variable[];
  selections: Selection[];
}

/**
 * Parses one query operation: fields, aliases, arguments, variables, inline fragments. Named
 * fragments and directives are not supported.
 */
export function parseQuery(text: string): Query {
  const parser = new Parser(tokensOf(text));
  const query = parser.query();
  parser.expect('end of query');
  return query;
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: 'end of query' };
  }

  #take(): Token {
    const token = this.#next;
    this.#at += 1;
    return token;
  }

  #accept(text: string): boolean {
    const { kind } = this.#next;
    if (kind === 'string' || this.#next.text !== text) return false;
    this.#at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.#accept(text)) this.#fail(`expected ${text}`);
  }

  #fail(problem: string): never {
    throw new QueryError('InvalidSyntax', `Invalid syntax at '${this.#next.text}': ${problem}`);
  }

  #name(): string {
    if (this.#next.kind !== 'name') this.#fail('expected a name');
    return this.#take().text;
  }

  query(): Query {
    const variables: Variable[] = [];
    let name: string | undefined;
    if (this.#accept('query')) {
      if (this.#next.kind === 'name') name = this.#name();
      if (this.#accept('(')) while (!this.#accept(')')) variables.push(this.#variable());
    }
    return { name, variables, selections: this.#selections() };
  }

  #variable(): Variable {
    this.expect('$');
    const name = this.#name();
    this.expect(':');
    const type = this.#type();
    return this.#accept('=') ? { name, type, defaultValue: this.#value() } : { name, type };
  }

  #type(): string {
    if (this.#accept('[')) {
      const inner = this.#type();
      this.expect(']');
      return this.#accept('!') ? `[${inner}]!` : `[${inner}]`;
    }
    const name = this.#name();
    return this.#accept('!') ? `${name}!` : name;
  }

  #selections(on?: string): Selection[] {
    this.expect('{');
    const selections: Selection[] = [];
    while (!this.#accept('}')) {
      if (this.#accept('...')) {
        this.expect('on');
        const type = this.#name();
        selections.push(...this.#selections(type));
      } else selections.push(this.#field(on));
    }
    if (selections.length === 0) this.#fail('a selection is empty');
    return selections;
  }

  #field(on: string | undefined): Selection {
    const first = this.#name();
    const name = this.#accept(':') ? this.#name() : first;
    const args = new Map<string, Value>();
    if (this.#accept('(')) {
      while (!this.#accept(')')) {
        const arg = this.#name();
        this.expect(':');
        args.set(arg, this.#value());
      }
    }
    const selections = this.#next.text === '{' ? this.#selections() : undefined;
    return { key: first, name, args, selections, ...(on !== undefined && { on }) };
  }

  #value(): Value {
    if (this.#accept('$')) return { kind: 'variable', name: this.#name() };
    if (this.#accept('[')) {
      const items: Value[] = [];
      while (!this.#accept(']')) items.push(this.#value());
      return { kind: 'list', items };
    }
    if (this.#accept('{')) {
      const fields = new Map<string, Value>();
      while (!this.#accept('}')) {
        const name = this.#name();
        this.expect(':');
        fields.set(name, this.#value());
      }
      return { kind: 'object', fields };
    }
    const { kind, text } = this.#take();
    if (kind === 'string') return { kind: 'constant', value: text };
    if (kind === 'number') return { kind: 'constant', value: Number(text) };
    if (kind !== 'name') return this.#fail('expected a value');
    if (text === 'true' || text === 'false') return { kind: 'constant', value: text === 'true' };
    return text === 'null' ? { kind: 'constant', value: null } : { kind: 'enum', name: text };
  }
}
