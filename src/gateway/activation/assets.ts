import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Http } from '../context.ts';
import type { Brand } from '../settings.ts';

/** Addresses of the style sheet and the script; they change with the content. */
export interface Assets {
  styleUrl: string;
  scriptUrl: string;
}

/** Serves the style sheet, in the programmer's colours, and the one script. */
export function addAssets(app: Http, brand: Brand): Assets {
  const style = colours(brand) + read('style.css');
  const script = read('activate.js');
  const assets = {
    styleUrl: `/activate/style-${fingerprint(style)}.css`,
    scriptUrl: `/activate/script-${fingerprint(script)}.js`,
  };
  for (const [url, type, content] of [
    [assets.styleUrl, 'text/css', style],
    [assets.scriptUrl, 'text/javascript', script],
  ] as const) {
    app.get(url, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=31536000, immutable')
        .type(`${type}; charset=utf-8`)
        .send(content),
    );
  }
  return assets;
}

/** Black or white, whichever reads better on a colour (WCAG 2.2, relative luminance). */
export function readableOn(color: string): '#000000' | '#ffffff' {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}

function colours({ color, colorDark }: Brand): string {
  const of = (value: string) => `:root { --brand: ${value}; --on-brand: ${readableOn(value)}; }`;
  return `${of(color)}\n@media (prefers-color-scheme: dark) { ${of(colorDark)} }\n`;
}

function read(name: string): string {
  return readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
}

function fingerprint(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
