import { isGrpcServiceError } from '@temporalio/client';

const NOT_FOUND = 5;

/** Whether gRPC says that there is no such thing. */
export function isNotFound(error: unknown): boolean {
  const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
  return code === NOT_FOUND;
}
