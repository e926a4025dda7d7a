import { NamespaceNotFoundError } from '@temporalio/client';
import { ConfigError } from '../config.ts';
import { isNotFound } from './not-found.ts';

/** What people are told of a namespace that Temporal does not know; undefined for any other error. */
export function noSuchNamespace(error: unknown, namespace: string): ConfigError | undefined {
  if (!isNotFound(error) && !(error instanceof NamespaceNotFoundError)) return undefined;
  return new ConfigError(
    `TEMPORAL_NAMESPACE is ${JSON.stringify(namespace)}: there is no such namespace: create it or correct the setting`,
  );
}
