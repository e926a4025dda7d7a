/** @throws Error that names the argument where it is no number above 0 */
export function numberOf<Name extends string>(values: Record<Name, unknown>, name: Name): number {
  const value = Number(values[name]);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Error(`--${name} is ${JSON.stringify(values[name])}: give a number above 0`);
}
