export type { Action, ErrorCode, Place } from './error-code.ts';
export { type Outcome, outcomeAt, type Told } from './outcomes.ts';
export { codesThatEnd, dcrCodes, settingOf, v2Codes } from './table.ts';
