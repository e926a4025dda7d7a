import assert from 'node:assert/strict';

/** Objects whose keys are data: providers, and kinds of metadata. */
const MAPS = new Set(['profiles', 'logouts', 'attributes']);
/** What Adobe may add to an error or leave out of it. */
const OPTIONAL = new Set(['trace', 'details', 'helpUrl']);
/** Fields whose value the state determines, by the field or by what is around it. */
const ENUMS = new Set([
  'actionName',
  'actionType',
  'reasonType',
  'missingParameters',
  'source',
  'authorized',
  'code',
  'action',
  'status',
  'state',
  'token_type',
  'grant_types',
  'scopes',
  'error',
]);

/**
 * Fails unless the answer has the keys and JSON types of what is documented, and its values where
 * they say what kind of answer it is. A documented `null` stands for any value.
 */
export function sameShape(actual: unknown, documented: unknown, path = 'body'): void {
  if (documented === null) return;
  // What a device did not tell of itself.
  if (actual === null && path.includes('.device.')) return;
  const name = path.split('.').at(-1) ?? '';
  assert.equal(kindOf(actual), kindOf(documented), `type of ${path}`);
  if (Array.isArray(documented) && Array.isArray(actual)) {
    if (ENUMS.has(name)) return assert.deepEqual(actual, documented, path);
    assert.equal(actual.length, documented.length, `length of ${path}`);
    for (const [index, item] of documented.entries())
      sameShape(actual[index], item, `${path}.${index}`);
    return;
  }
  if (isObject(documented) && isObject(actual)) {
    if (MAPS.has(name)) return sameMap(actual, documented, path);
    const keys = (value: object) =>
      Object.keys(value)
        .filter((key) => !OPTIONAL.has(key))
        .sort();
    assert.deepEqual(keys(actual), keys(documented), `keys of ${path}`);
    for (const [key, value] of Object.entries(documented)) {
      if (key in actual) sameShape(actual[key], value, `${path}.${key}`);
    }
    return;
  }
  if (isEnum(name, path, documented)) assert.equal(actual, documented, path);
}

/** Every entry looks like one of the documented, which differ in their optional parts. */
function sameMap(actual: Json, documented: Json, path: string): void {
  const [example] = Object.values(documented);
  for (const [key, value] of Object.entries(actual)) {
    const same = documented[key] ?? example;
    if (name(path) === 'attributes' && isObject(value) && isObject(same)) {
      assert.deepEqual(Object.keys(value).sort(), ['state', 'value'], `${path}.${key}`);
      assert.match(String(value['state']), /^(plain|enc)$/);
    } else {
      sameShape(value, same, `${path}.${key}`);
    }
  }
  const count = (map: Json) => Math.min(1, Object.keys(map).length);
  assert.equal(count(actual), count(documented), `entries of ${path}`);
}

type Json = Record<string, unknown>;

function name(path: string): string {
  return path.split('.').at(-1) ?? '';
}

/** A session's `code` is data, an error's says what it is; a profile has a `type`, and so has a TV. */
function isEnum(field: string, path: string, documented: unknown): boolean {
  if (field === 'code') return typeof documented === 'string' && /^[a-z_]+$/.test(documented);
  if (field === 'type') return path.includes('.profiles.');
  return ENUMS.has(field);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}

function isObject(value: unknown): value is Json {
  return kindOf(value) === 'object';
}
