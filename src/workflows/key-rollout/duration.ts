const UNITS = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** Milliseconds as people say them: in the largest unit that gives a whole number. */
export function duration(ms: number): string {
  const unit = UNITS.find(([length]) => ms >= length && ms % length === 0);
  return unit ? `${ms / unit[0]} ${unit[1]}` : `${ms} ms`;
}
