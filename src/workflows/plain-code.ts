/**
 * A code without what people add or change as they type it: blanks, hyphens, dots, case. For
 * comparing only: Adobe is sent its own spelling.
 */
export function plainCode(code: string): string {
  return code.replace(/[\s\p{Pd}._]/gu, '').toUpperCase();
}
