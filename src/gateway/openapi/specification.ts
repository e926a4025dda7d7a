/** As much of JSON Schema as is touched here. */
export interface Schema {
  [keyword: string]: unknown;
  $ref?: string;
  description?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

/** One form in which a body comes. */
export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

/** One answer of an operation. */
export interface Response {
  description?: string;
  headers?: object;
  content?: Record<string, Media>;
}

/** As much of OpenAPI as is touched here. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** One method at one path. */
export interface Operation {
  security?: object[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses?: Record<string, Response>;
}

/** The name of a component, of what refers to one. */
export function nameOf(schema: Schema | undefined): string {
  return schema?.$ref?.split('/').at(-1) ?? '';
}
