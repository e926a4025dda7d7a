// On a busy machine of CI a test that fails is tried once more: a fault fails twice.
module.exports = {
  extension: ['ts'],
  'node-option': ['import=tsx'],
  timeout: 60_000,
  retries: process.env.CI ? 1 : 0,
  exit: false,
  require: ['test/support/hooks.ts'],
};
