export { KeyRing, KeyRingError, type SealingKey } from './key-ring.ts';
export { type Sealed, seal, open, needsResealing, SealedError } from './sealed.ts';
