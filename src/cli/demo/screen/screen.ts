import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import qrcode from 'qrcode';
import { grouped } from '../../../gateway/activation/views/code.ts';
import type { Http } from '../../../gateway/context.ts';

/** What the TV shows now. */
export type Picture =
  | { status: 'starting' }
  | { status: 'code'; code: string; address: string; expiresAt: string; qr: string }
  | { status: 'signed-in'; mvpd: string }
  | { status: 'catalogue'; titles: { title: string; access: string }[] }
  | { status: 'playing'; resource: string }
  | { status: 'signed-out' }
  | { status: 'declined' };

/** The demo's TV in a browser: `/demo/tv`, and `/demo` with the phone's page beside it. */
export class Screen {
  #picture: Picture = { status: 'starting' };
  readonly #viewers = new Set<PassThrough>();

  /** Whether somebody looks at it. */
  get isWatched(): boolean {
    return this.#viewers.size > 0;
  }

  show(picture: Picture): void {
    this.#picture = picture;
    for (const viewer of this.#viewers) viewer.write(eventOf(picture));
  }

  async showCode(code: string, url: string, expiresAt: Date): Promise<void> {
    const qr = await qrcode.toString(url, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
    const { host, pathname } = new URL(url);
    const address = host + pathname;
    const shown = { code: grouped(code), address, qr };
    this.show({ status: 'code', ...shown, expiresAt: expiresAt.toISOString() });
  }

  /** @param frames where the phone's page may lead inside the frame */
  serve(app: Http, frames: string): void {
    const files = [
      ['/demo', 'demo.html', 'text/html'],
      ['/demo/tv', 'tv.html', 'text/html'],
      ['/demo/demo.css', 'demo.css', 'text/css'],
      ['/demo/tv.js', 'tv.js', 'text/javascript'],
    ] as const;
    for (const [path, name, type] of files) {
      const content = readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
      app.get(path, { schema: { hide: true } }, async (_request, reply) =>
        reply
          .header('content-security-policy', policy(frames))
          .type(`${type}; charset=utf-8`)
          .send(content),
      );
    }
    app.get('/demo/tv/events', { schema: { hide: true } }, async (request, reply) => {
      const viewer = new PassThrough();
      this.#viewers.add(viewer);
      request.raw.once('close', () => viewer.end());
      viewer.once('close', () => this.#viewers.delete(viewer));
      viewer.write(eventOf(this.#picture));
      return reply
        .header('content-type', 'text/event-stream')
        .header('connection', 'close')
        .send(viewer);
    });
  }

  /** Ends the streams, which would hold up the stop of the gateway. */
  close(): void {
    for (const viewer of this.#viewers) viewer.end();
  }
}

function eventOf(picture: Picture): string {
  return `data: ${JSON.stringify(picture)}\n\n`;
}

function policy(frames: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    `frame-src 'self' ${frames}`,
    "frame-ancestors 'self'",
    "base-uri 'none'",
  ].join('; ');
}
