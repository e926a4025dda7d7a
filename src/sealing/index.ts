export { type Binding, ofDevice, type Purpose } from './binding.ts';
export { KeyRing, KeyRingError, type SealingKey } from './key-ring.ts';
export { type Sealed, seal, open, needsResealing, SealedError } from './sealed.ts';
