export { createGateway, type GatewayOptions } from './app.ts';
export { readiness, runGateway } from './server.ts';
export { readGatewaySettings, type Brand, type GatewaySettings } from './settings.ts';
export { issueStatement } from './statements.ts';
export { generateTokenKey } from './token-keys.ts';
export { RETURN_PATH } from './activation/index.ts';
