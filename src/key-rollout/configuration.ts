import { asRecord } from './json.ts';

/** The one configuration that an agent touches, whatever it is told. The doubled `impl` is right. */
export const TOKEN_HANDLER = 'com.day.crx.security.token.impl.impl.TokenAuthenticationHandler';

/** A property as the console shows it: a text, a list of texts, or nothing where none is set. */
export type Value = string | string[] | undefined;

/** A configuration of OSGi: stored values and the defaults of its metatype. JSON holds all of it. */
export interface Configuration {
  pid: string;
  factoryPid?: string;
  properties: Record<string, Value>;
  /** Stored names that the metatype doesn't know. The console keeps their values to itself. */
  additional: string[];
  /** The bundle that it is bound to; empty for none. */
  bundleLocation: string;
}

/** Reads what the console answers. `undefined` for what is no configuration. */
export function configurationOf(json: unknown): Configuration | undefined {
  const body = asRecord(json);
  const properties = asRecord(body?.['properties']);
  const pid = body?.['pid'];
  if (!body || !properties || typeof pid !== 'string') return undefined;
  const { factoryPid, additionalProperties, bundle_location: location } = body;
  return {
    pid,
    ...(typeof factoryPid === 'string' ? { factoryPid } : {}),
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, valueOf(value)]),
    ),
    additional:
      typeof additionalProperties === 'string'
        ? additionalProperties.split(',').filter(Boolean)
        : [],
    bundleLocation: typeof location === 'string' ? location : '',
  };
}

function valueOf(property: unknown): Value {
  const { value, values } = asRecord(property) ?? {};
  if (Array.isArray(values)) return values.map(textOf);
  return value === undefined || value === null ? undefined : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Names that mean something else to the console unless a `$` stands before them. */
const RESERVED = new Set(['action', 'apply', 'delete', 'propertylist']);

/**
 * The form that changes one property and keeps all others: the console replaces what is stored, so
 * a property that isn't listed would be deleted, and a listed array without a field emptied.
 */
export function writeForm(configuration: Configuration, name: string, value: string) {
  const { properties, additional, bundleLocation } = configuration;
  const names = new Set([...Object.keys(properties), name, ...additional]);
  const form = new URLSearchParams({
    apply: 'true',
    action: 'ajaxConfigManager',
    $location: bundleLocation,
    propertylist: [...names].join(','),
  });
  for (const [property, stored] of Object.entries({ ...properties, [name]: value })) {
    const field = RESERVED.has(property) ? `$${property}` : property;
    for (const item of Array.isArray(stored) ? stored : [stored]) {
      if (item !== undefined) form.append(field, item);
    }
  }
  return form;
}

/** Names of the properties, but for one, that are not as they were. */
export function changedProperties(
  before: Configuration,
  after: Configuration,
  except: string,
): string[] {
  const names = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  const changed = [...names].filter(
    (name) => JSON.stringify(before.properties[name]) !== JSON.stringify(after.properties[name]),
  );
  const lost = before.additional.filter((name) => !after.additional.includes(name));
  return [...changed, ...lost].filter((name) => name !== except);
}
