export { startFarm } from './farm.ts';
export type { Farm, FarmInstance } from './farm.ts';
export type { FarmOptions, FarmUser } from './options.ts';
export type { FarmFault } from './faults.ts';
export type { FarmRequest } from './request.ts';
