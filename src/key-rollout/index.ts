export type { AemHost, Login } from './host.ts';
export { checkedHost } from './host.ts';
export { KeyRolloutError } from './errors.ts';
export { createConsole, type FelixConsole } from './console.ts';
export { type Baseline, CRYPTO, CRYPTO_FILE } from './bundles.ts';
export { type Finding, preflight, type Preflight } from './preflight.ts';
export { activate, type Means } from './activate.ts';
export type { Configuration } from './configuration.ts';
export {
  isEncapsulated,
  switchEncapsulation,
  type Switched,
  TOKEN_HANDLER,
} from './encapsulation.ts';
export { classify, currentUser, logIn, type TokenKind } from './login-token.ts';
export { type Controls, type Direction, negativeControls } from './proof.ts';
export { type Fingerprints, type KeyPair, readPair, sameKeys } from './key-pair.ts';
export { backUp, restore } from './backup.ts';
export { recover, replacePair } from './replace-pair.ts';
export { dataFolder, keyFolder, locate } from './locate.ts';
