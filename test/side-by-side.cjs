// The files of `npm test`; with TESTS=all those too that need a browser or kill a farm, as in CI. No file
// that measures times is among them.
const { existsSync, readdirSync } = require('node:fs');
const base = require('../.mocharc.cjs');

/**
 * What takes longest begins first, so that nothing runs alone at the end. What keeps a core busy and what
 * mostly waits take turns, so that there is always something to do and never too much.
 */
const SLOWEST = [
  // Compilers keep both cores busy for a minute.
  ['oauth-clients/oauth-clients', 'activities/waiting-room-dns'],
  ['openapi/clients', 'workflows/renewal'],
  ['cli-demo/demo', 'workflows/waiting-room'],
  ['openapi/lint', 'workflows/faults-waiting'],
  ['package/package', 'gateway/farm-killed'],
  ['key-rollout/demo-farm', 'gateway/crowd'],
  ['error-codes/reality', 'workflows/any-answer'],
  ['faults/key-rollout', 'flows/f14-partner-sso-apple'],
  ['browser/accessibility', 'gateway/temporal-away'],
  ['key-rollout/command-line', 'workflows/history-size'],
  ['catalogue/cli', 'flows/f08-logout'],
  ['key-rollout/failing-console', 'flows/f11-degraded-authnall'],
  ['secrets/secrets', 'flows/f02-basic-primary-screen'],
  ['trust/copied-values', 'workflows/faults-deciding'],
  ['cli/help', 'gateway/api'],
  ['cli/rooms', 'workflows/late-metadata'],
  ['edges/any-adobe', 'flows/f03-second-screen-mvpd-preselected'],
  ['capacity/document', 'workflows/second-screen-words'],
  ['replay/replay', 'workflows/lives'],
  ['gateway/fuzz', 'gateway/farm'],
  ['adobe-pass/any-answer', 'client/forgotten'],
]
  .flat()
  .map((name) => `test/${name}.test.ts`);

const missing = SLOWEST.filter((file) => !existsSync(file));
if (missing.length > 0) throw new Error(`${__filename} names ${missing.join(', ')}: not there`);

/** Measure times: nothing may run beside them. */
const MEASURING = /^test\/faults\/(?!key-rollout\.)/;
const NEEDING_MORE = /^test\/(browser|faults)\//;

const all = readdirSync('test', { recursive: true })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && !MEASURING.test(file))
  .filter((file) => process.env.TESTS === 'all' || !NEEDING_MORE.test(file))
  .toSorted();

module.exports = {
  ...base,
  parallel: true,
  spec: [
    ...SLOWEST.filter((file) => all.includes(file)),
    ...all.filter((file) => !SLOWEST.includes(file)),
  ],
};
