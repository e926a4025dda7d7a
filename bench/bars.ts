/** One bar of a chart. */
export interface Bar {
  name: string;
  value: number;
  /** Drawn to be seen first. */
  ours?: boolean;
}

const WIDTH = 720;
const ROW = 30;
const LEFT = 230;
const RIGHT = 80;
const TOP = 44;

/** Bars to the right, the smallest first as they come, legible on light and dark pages alike. */
export function bars(title: string, unit: string, all: readonly Bar[]): string {
  const most = Math.max(...all.map(({ value }) => value));
  const height = TOP + all.length * ROW + 12;
  const rows = all.map(({ name, value, ours = false }, index) => {
    const y = TOP + index * ROW;
    const width = Math.max(1, (value / most) * (WIDTH - LEFT - RIGHT));
    return [
      `<text x="${LEFT - 10}" y="${y + 15}" text-anchor="end"${ours ? ' font-weight="bold"' : ''}>${escaped(name)}</text>`,
      `<rect class="${ours ? 'ours' : 'other'}" x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="20" rx="3"/>`,
      `<text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 15}">${Number(value.toPrecision(3))}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="14">`,
    `<title>${escaped(`${title} (${unit})`)}</title>`,
    '<style>text { fill: #24292f } .ours { fill: #1a7f37 } .other { fill: #8c959f }',
    '@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #3fb950 } .other { fill: #6e7681 } }</style>',
    `<text x="${LEFT}" y="24" font-weight="bold">${escaped(title)}, ${escaped(unit)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
