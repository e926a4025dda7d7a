import { METATYPES, type Attribute, type Stored } from './metatype.ts';

interface Configuration {
  factoryPid?: string;
  bundleLocation: string | null;
  properties: Map<string, Stored>;
}

/** Fields whose names mean something to the console itself. */
const RESERVED = new Set(['action', 'apply', 'delete', 'propertylist']);

/** The stored configurations of one instance, with the console's ways of changing them. */
export class ConfigAdmin {
  readonly #stored = new Map<string, Configuration>();

  /** Stores as deployed code does. */
  put(pid: string, properties: Record<string, Stored>, factoryPid?: string): void {
    this.#stored.set(pid, {
      bundleLocation: null,
      properties: new Map(Object.entries(properties)),
      ...(factoryPid === undefined ? {} : { factoryPid }),
    });
  }

  /** What is in force: stored, or the default of the metatype. */
  value(pid: string, name: string): Stored | undefined {
    const stored = this.#stored.get(pid);
    return stored?.properties.get(name) ?? attributesOf(pid, stored)[name]?.value;
  }

  /** Everything stored of one PID. */
  stored(pid: string): Record<string, Stored> | undefined {
    const configuration = this.#stored.get(pid);
    return configuration && Object.fromEntries(configuration.properties);
  }

  get pids(): string[] {
    return [...this.#stored.keys()];
  }

  /** What the console shows: metatype with what is set; names that it doesn't know without values. */
  show(pid: string): unknown {
    const configuration = this.#stored.get(pid);
    const attributes = attributesOf(pid, configuration);
    const additional = [...(configuration?.properties.keys() ?? [])].filter(
      (name) => !(name in attributes),
    );
    return {
      pid,
      title: METATYPES[configuration?.factoryPid ?? pid]?.title ?? pid,
      properties: Object.fromEntries(
        Object.entries(attributes).map(([name, attribute]) => {
          const set = configuration?.properties.get(name);
          const value = set ?? attribute.value;
          const shown = Array.isArray(value) ? { values: value } : { value };
          const type = { string: 1, long: 2, boolean: 11 }[attribute.type];
          return [name, { name, optional: false, is_set: set !== undefined, type, ...shown }];
        }),
      ),
      ...(additional.length > 0 ? { additionalProperties: additional.join(',') } : {}),
      ...(configuration && {
        ...(configuration.factoryPid ? { factoryPid: configuration.factoryPid } : {}),
        bundleLocation: configuration.bundleLocation ?? '',
        bundle_location: configuration.bundleLocation,
      }),
    };
  }

  /**
   * Stores a form. What is stored and not listed is deleted; a listed array without a field becomes
   * empty, a listed scalar without one stays; of booleans only the word `true` is true.
   */
  apply(pid: string, form: URLSearchParams): void {
    const before = this.#stored.get(pid);
    const attributes = attributesOf(pid, before);
    const merges = form.get('apply') === 'update';
    const properties = new Map(merges ? before?.properties : []);
    for (const name of (form.get('propertylist') ?? '').split(',').filter(Boolean)) {
      const old = before?.properties.get(name);
      const model = attributes[name] ?? (old === undefined ? undefined : attributeOf(old));
      const fields = form.getAll(RESERVED.has(name) ? `$${name}` : name);
      const [field] = fields;
      if (Array.isArray(model?.value)) properties.set(name, fields);
      else if (field !== undefined) properties.set(name, parsed(field, model?.type ?? 'string'));
      else if (old !== undefined) properties.set(name, old);
    }
    this.#stored.set(pid, {
      ...(before?.factoryPid === undefined ? {} : { factoryPid: before.factoryPid }),
      bundleLocation: form.get('$location') || null,
      properties,
    });
  }
}

function attributesOf(pid: string, stored?: Configuration): Record<string, Attribute> {
  return METATYPES[stored?.factoryPid ?? pid]?.attributes ?? {};
}

function attributeOf(value: Stored): Attribute {
  if (typeof value === 'boolean') return { type: 'boolean', value };
  return { type: typeof value === 'number' ? 'long' : 'string', value };
}

function parsed(field: string, type: Attribute['type']): Stored {
  switch (type) {
    case 'boolean':
      return field.toLowerCase() === 'true';
    case 'long':
      return Number(field);
    case 'string':
      return field;
  }
}
