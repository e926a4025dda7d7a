import type { Cost, Costs } from '../../bench/capacity/costs.ts';

const NOTHING: Cost = {
  cpuMs: { worker: 0, server: 0, database: 0 },
  transactions: 0,
  actions: 0,
  events: 0,
};

/** Round numbers, so that sums can be done by hand. */
export const ROUND: Costs = {
  measured: { date: '2026-11-01', machine: '', node: '', temporal: '', sdk: '', database: '' },
  operations: {
    poll: { ...NOTHING, cpuMs: { worker: 1, server: 0, database: 0 } },
    code: {
      cpuMs: { worker: 20, server: 10, database: 5 },
      transactions: 5,
      actions: 5,
      events: 9,
    },
    signIn: {
      cpuMs: { worker: 10, server: 6, database: 3 },
      transactions: 4,
      actions: 4,
      events: 8,
    },
    authorize: {
      cpuMs: { worker: 10, server: 4, database: 2 },
      transactions: 2,
      actions: 2,
      events: 6,
    },
    logout: NOTHING,
    furtherCode: NOTHING,
    handOver: { ...NOTHING, transactions: 5, actions: 3, events: 6 },
    replay: { ...NOTHING, cpuMs: { worker: 8, server: 0, database: 0 } },
    beat: { ...NOTHING, transactions: 1, actions: 1 },
  },
  idle: { worker: 0.02, server: 0.5, database: 0.25, transactions: 3 },
  memory: { baseMb: 200, perWaitingMb: 0.1, perCachedMb: 0.2 },
  historyKb: 10,
  transactionMs: 4,
  takenInPerS: 50,
  points: [],
};
