/** Prints the demo's story as it happens: when, what, and what it means. */
export class Timeline {
  readonly #started = performance.now();
  readonly #write: (line: string) => void;
  readonly #colour: boolean;

  /** @param write where lines go; a demo that answers in JSON is silent */
  constructor(write: (line: string) => void, colour: boolean) {
    this.#write = write;
    this.#colour = colour;
  }

  /** One moment of the story. */
  step(who: string, what: string, note = ''): void {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(2).padStart(7);
    const line = `${this.#dim(`${seconds}s`)}  ${this.#bold(who.padEnd(8))} ${what}`;
    this.#write(note ? `${line} ${this.#dim(note)}` : line);
  }

  /** Lines between the moments: a box, a QR code, an address. */
  show(text: string): void {
    this.#write(text.replace(/^/gm, '            '));
  }

  /** The code as a TV would show it. */
  screen(code: string): void {
    const spaced = code.split('').join(' ');
    const bar = '─'.repeat(spaced.length + 8);
    this.show(`╭${bar}╮\n│    ${this.#bold(spaced)}    │\n╰${bar}╯`);
  }

  #bold(text: string): string {
    return this.#colour ? `\x1b[1m${text}\x1b[22m` : text;
  }

  #dim(text: string): string {
    return this.#colour ? `\x1b[2m${text}\x1b[22m` : text;
  }
}
