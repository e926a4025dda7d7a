/** Lines over one axis of time; one above the other. */
export interface Chart {
  title: string;
  /** What it was drawn from, for those who can't see it and for those who doubt it. */
  description: string;
  /** With its unit. The values of a series are one unit apart, the first at 0. */
  xLabel: string;
  panels: Panel[];
}

export interface Panel {
  /** What, and in which unit. */
  label: string;
  /** At most as many as there are styles. */
  series: Series[];
}

export interface Series {
  name: string;
  values: readonly number[];
}

const WIDTH = 860;
const LEFT = 64;
const RIGHT = 24;
const TOP = 56;
const PANEL = 104;
const GAP = 46;
const BOTTOM = 44;
const INNER = WIDTH - LEFT - RIGHT;

/** Told apart by dashes too. Okabe and Ito's colours; on dark ground their lighter ones. */
const STYLE = `
  .ground { fill: #ffffff }
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .label { font-weight: 600 }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round }
  .s0 { stroke: #0072b2 }
  .s1 { stroke: #b34700; stroke-dasharray: 7 3 }
  .s2 { stroke: #007a59; stroke-dasharray: 2 3 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 }
    text { fill: #e6edf3 }
    .grid { stroke: #30363d }
    .s0 { stroke: #56b4e9 }
    .s1 { stroke: #f0a35e }
    .s2 { stroke: #3fcf9f }
  }`;

/** An SVG that needs nothing else, on a ground of its own: legible in light and in dark mode. */
export function svgOf({ title, description, xLabel, panels }: Chart): string {
  const height = TOP + panels.length * (PANEL + GAP) + BOTTOM - GAP + 10;
  const last = Math.max(1, ...panels.flatMap(({ series }) => series.map(lastOf)));
  const x = (at: number) => LEFT + (at / last) * INNER;
  const drawn = panels.map((panel, index) => drawPanel(panel, TOP + index * (PANEL + GAP), x));
  const bottom = TOP + panels.length * (PANEL + GAP) - GAP;
  const ticks = ticksTo(last, 10).map((at) =>
    text(x(at), bottom + 16, String(at), 'text-anchor="middle"'),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    text(LEFT, 24, title, 'class="title"'),
    ...drawn.flat(),
    ...ticks,
    text(LEFT + INNER / 2, bottom + 36, xLabel, 'class="label" text-anchor="middle"'),
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ label, series }: Panel, top: number, x: (at: number) => number): string[] {
  const highest = Math.max(...series.flatMap(({ values }) => values));
  const ticks = ticksTo(highest, 4);
  const most = ticks.at(-1) ?? 1;
  const y = (value: number) => top + PANEL - (value / most) * PANEL;
  const legend = series.length > 1 ? legendOf(series, top - 10) : [];
  return [
    text(LEFT, top - 10, label, 'class="label"'),
    ...legend,
    ...ticks.flatMap((tick) => [
      `<path class="grid" d="M${LEFT} ${round(y(tick))}H${LEFT + INNER}"/>`,
      text(LEFT - 8, y(tick) + 4, tick.toLocaleString('en-US'), 'text-anchor="end"'),
    ]),
    ...series.map(({ values }, index) => {
      const points = values.map((value, at) => `${round(x(at))} ${round(y(value))}`);
      return `<path class="line s${index}" d="M${points.join('L')}"/>`;
    }),
  ];
}

/** From the right, because labels are on the left. */
function legendOf(series: readonly Series[], baseline: number): string[] {
  let right = LEFT + INNER;
  return series
    .map(({ name }, index) => ({ name, index }))
    .toReversed()
    .flatMap(({ name, index }) => {
      const from = right - name.length * 6.6 - 34;
      const drawn = [
        `<path class="line s${index}" d="M${round(from)} ${baseline - 4}h26"/>`,
        text(from + 32, baseline, name),
      ];
      right = from - 14;
      return drawn;
    });
}

/** Round numbers from 0 to the first that is not below. */
export function ticksTo(highest: number, about: number): number[] {
  const rough = Math.max(highest, Number.EPSILON) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.max(1, Math.ceil(highest / step - 1e-9));
  return Array.from({ length: count + 1 }, (_none, index) => Number((index * step).toPrecision(6)));
}

function lastOf({ values }: Series): number {
  return values.length - 1;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const more = attributes && ` ${attributes}`;
  return `<text x="${round(x)}" y="${round(y)}"${more}>${escape(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
