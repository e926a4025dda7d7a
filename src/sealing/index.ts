export {
  type Binding,
  ofAnyTrialOf,
  ofDevice,
  ofManagement,
  ofProfile,
  ofSession,
  ofTrialOf,
  type Purpose,
} from './binding.ts';
export { KeyRing, KeyRingError, type SealingKey } from './key-ring.ts';
export { type Sealed, seal, open, MissingKeyError, needsResealing, SealedError } from './sealed.ts';
export { openBriefly, sealBriefly } from './brief.ts';
export { provenUrl, withProof } from './proven-url.ts';
