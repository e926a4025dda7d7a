export type {
  MediaTokenAnswer,
  MediaTokenProblem,
  MediaTokenQuestion,
  MediaTokenVerifier,
} from './verifier.ts';
export type { SideCarOptions } from './side-car.ts';
export {
  createVerification,
  type MediaTokenOptions,
  type MediaTokenVerdict,
  type Verification,
} from './verification.ts';
