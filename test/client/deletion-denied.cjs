// For `node --require`: Temporal lets this process delete no workflow, though it may do all else.
const from = { paths: [require.resolve('@temporalio/client')] };
const { Client, Metadata } = require(require.resolve('@grpc/grpc-js', from));
const { makeUnaryRequest } = Client.prototype;
Client.prototype.makeUnaryRequest = function (method, ...rest) {
  if (!method.endsWith('/DeleteWorkflowExecution')) {
    return makeUnaryRequest.call(this, method, ...rest);
  }
  const details = 'Request unauthorized.';
  const error = Object.assign(new Error(details), { code: 7, details, metadata: new Metadata() });
  process.nextTick(rest.at(-1), error);
  return { cancel() {} };
};
