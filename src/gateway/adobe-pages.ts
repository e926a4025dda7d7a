import { onHost } from '../http/on-host.ts';

/** Whether a whole URL leads to one of Adobe's hosts of our environment, and nowhere else. */
export function isAtAdobe(url: string, [answeredBy = '', ...others]: readonly string[]): boolean {
  // What is no URL by itself is none here.
  return URL.canParse(url) && onHost(url, answeredBy, others) !== undefined;
}
