export { createHttp } from './http.ts';
export type { Http, HttpAnswer, HttpRequest } from './http.ts';
export type { HttpOptions, Proxy } from './options.ts';
export { HttpFailure } from './failure.ts';
export type { HttpFailureCode, Hop } from './failure.ts';
export { onHost } from './on-host.ts';
