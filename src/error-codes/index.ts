export type { Action, ErrorCode, Place } from './error-code.ts';
export { type Outcome, outcomeAt, type Told } from './outcomes.ts';
export { codesThatEnd, TRIAL_IS_USED_UP, dcrCodes, settingOf, v2Codes } from './table.ts';
