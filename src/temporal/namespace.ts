import { isGrpcServiceError } from '@temporalio/client';
import { ConfigError } from '../config.ts';

/** What people are told of a namespace that Temporal does not know; undefined for any other error. */
export function noSuchNamespace(error: unknown, namespace: string): ConfigError | undefined {
  const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
  if (code !== GRPC_NOT_FOUND) return undefined;
  return new ConfigError(
    `TEMPORAL_NAMESPACE is ${JSON.stringify(namespace)}: there is no such namespace: create it or correct the setting`,
  );
}

const GRPC_NOT_FOUND = 5;
