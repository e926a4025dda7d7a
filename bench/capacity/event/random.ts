/** Random numbers that are the same in every run. */
export interface Random {
  /** From 0 to below 1. */
  next: () => number;
  /** Standard normal. */
  normal: () => number;
  /** How many come in a second when so many come on average. */
  poisson: (mean: number) => number;
}

/** Above this a Poisson number is normal enough. */
const MANY = 50;

/** Mulberry32: 32 bits of state, good enough for queues. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()); // Box and Muller
  const poisson = (mean: number) => {
    if (mean > MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let count = 0;
    for (let left = next(); left > Math.exp(-mean); left *= next()) count += 1;
    return count;
  };
  return { next, normal, poisson };
}
