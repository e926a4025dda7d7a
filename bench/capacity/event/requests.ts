/** A client waits so long for an answer (`DEVICEPASS_TIME_BUDGET_MS`). */
const PATIENCE_S = 7;

/** What waits for a worker, in order, as one amount of work: any worker may take any of it. */
export class Requests {
  #ms = 0;
  #tasks = 0;

  add(tasks: number, ms: number): void {
    this.#tasks += tasks;
    this.#ms += ms;
  }

  /** A second of all workers together. Who has waited too long is gone, and nobody works for him. */
  serve(capacityMs: number): { servedMs: number; tooLate: number } {
    const servedMs = Math.min(this.#ms, capacityMs);
    this.#leave(this.#ms - servedMs);
    const before = this.#tasks;
    this.#leave(Math.min(this.#ms, PATIENCE_S * capacityMs));
    return { servedMs, tooLate: before - this.#tasks };
  }

  get tasks(): number {
    return this.#tasks;
  }

  #leave(ms: number): void {
    this.#tasks *= this.#ms === 0 ? 0 : ms / this.#ms;
    this.#ms = ms;
  }
}
