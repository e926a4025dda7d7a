/** `34,000`. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Rows in columns as wide as they need to be, aligned on the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_none, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padStart(widths?.[column] ?? 0)).join('  '))
    .join('\n');
}

/** The same as a table of Markdown. */
export function markdown([head, ...rows]: readonly (readonly string[])[]): string {
  const lines = [head ?? [], (head ?? []).map((_none, at) => (at === 0 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
