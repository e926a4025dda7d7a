export { AUDIENCES, contentOf, isSendable, type ServiceTokenContent } from './content.ts';
export { generateServiceTokenKey, ServiceTokenKeyError } from './keys.ts';
export { ServiceTokens, type ServiceTokenOptions, type Subject } from './service-tokens.ts';
