import { isGrpcServiceError } from '@temporalio/client';

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;

/** Whether gRPC says that there is no such thing. */
export function isNotFound(error: unknown): boolean {
  return codeOf(error) === NOT_FOUND;
}

/** Whether gRPC says that the question can't be answered, now or later. */
export function isInvalidArgument(error: unknown): boolean {
  return codeOf(error) === INVALID_ARGUMENT;
}

function codeOf(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}
