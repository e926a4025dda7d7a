/** A property of a configuration as metatype describes it, with its default. */
export interface Attribute {
  type: 'string' | 'boolean' | 'long';
  value: Stored;
}

/** What is stored of one property. */
export type Stored = string | number | boolean | string[];

export const TOKEN_HANDLER = 'com.day.crx.security.token.impl.impl.TokenAuthenticationHandler';
export const SAML_HANDLER = 'com.adobe.granite.auth.saml.SamlAuthenticationHandler';

/** The attributes by PID, or by factory PID. */
export const METATYPES: Record<string, { title: string; attributes: Record<string, Attribute> }> = {
  [TOKEN_HANDLER]: {
    title: 'Adobe Granite Token Authentication Handler',
    attributes: {
      path: { type: 'string', value: ['/'] },
      'token.required.attr': { type: 'string', value: 'none' },
      'token.alternate.url': { type: 'string', value: '' },
      'token.encapsulated': { type: 'boolean', value: false },
      'skip.token.refresh': { type: 'string', value: [] },
      'inactivity.time': { type: 'long', value: 0 },
    },
  },
  [SAML_HANDLER]: {
    title: 'Adobe Granite SAML 2.0 Authentication Handler',
    attributes: {
      path: { type: 'string', value: ['/'] },
      idpUrl: { type: 'string', value: '' },
      keyStorePassword: { type: 'string', value: '' },
      createUser: { type: 'boolean', value: true },
    },
  },
};
