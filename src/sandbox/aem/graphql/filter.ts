import { QueryError } from './tokens.ts';

type Matches = (value: unknown) => boolean;

/** Makes the test of one field's filter: `{ _expressions: [{ value, _operator, _ignoreCase }], _logOp }`. */
export function fieldFilter(field: string, given: unknown): Matches {
  const { _expressions, _logOp = 'AND', ...rest } = objectIn(field, given);
  if (!Array.isArray(_expressions)) throw invalid(`${field} needs _expressions`);
  refuseUnknown(field, rest);
  const each = _expressions.map((expression) => expressionOf(field, expression));
  if (_logOp !== 'AND' && _logOp !== 'OR') throw invalid(`_logOp ${String(_logOp)}`);
  return (value) =>
    _logOp === 'AND' ? each.every((test) => test(value)) : each.some((test) => test(value));
}

function expressionOf(field: string, given: unknown): Matches {
  const { value, _operator = 'EQUALS', _ignoreCase = false, ...rest } = objectIn(field, given);
  refuseUnknown(field, rest);
  const folded = (each: unknown) =>
    _ignoreCase === true && typeof each === 'string' ? each.toLowerCase() : each;
  const wanted = folded(value);
  const textual = (test: (text: string, part: string) => boolean): Matches => {
    return (actual) => {
      const text = folded(actual);
      return typeof text === 'string' && typeof wanted === 'string' && test(text, wanted);
    };
  };
  switch (_operator) {
    case 'EQUALS':
      return (actual) => folded(actual) === wanted;
    case 'EQUALS_NOT':
      return (actual) => folded(actual) !== wanted;
    case 'CONTAINS':
      return textual((text, part) => text.includes(part));
    case 'STARTS_WITH':
      return textual((text, part) => text.startsWith(part));
    default:
      throw invalid(`_operator ${String(_operator)}`);
  }
}

function objectIn(field: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(`${field} needs an object`);
}

function refuseUnknown(field: string, rest: object): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`${field} has no ${unknown}`);
}

function invalid(problem: string): QueryError {
  return new QueryError('ValidationError', `Validation error: filter: ${problem}`);
}
