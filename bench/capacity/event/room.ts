/** Devices that wait in one place, by what ends their wait and when. Numbers, for they may be split. */
export class Room {
  waiting = 0;
  /** Polls that are due and not made: of each device one at most. */
  #owed = 0;
  /** By second: sign-ins, and ends without one. */
  readonly #signIns: Float64Array;
  readonly #others: Float64Array;
  #lastEnd = 0;

  constructor(seconds: number) {
    this.#signIns = new Float64Array(seconds);
    this.#others = new Float64Array(seconds);
  }

  enter(endsAt: number, signsIn: boolean): void {
    this.#add(signsIn ? this.#signIns : this.#others, endsAt, 1);
  }

  /** Whose wait ends in this second. @returns how many signed in */
  end(second: number): number {
    const signIns = this.#signIns[second] ?? 0;
    this.waiting = Math.max(0, this.waiting - signIns - (this.#others[second] ?? 0));
    this.#owed = Math.min(this.#owed, this.waiting);
    return signIns;
  }

  /** Some are due now; so many can be made. The oldest go first. */
  poll(due: number, most: number): { made: number; late: number } {
    const made = Math.min(this.#owed + due, most);
    this.#owed = Math.min(this.waiting, this.#owed + due - made);
    return { made, late: Math.min(due, this.#owed) };
  }

  /** A part of those who wait after this second goes elsewhere, in equal parts. */
  moveTo(rooms: readonly Room[], part: number, second: number): void {
    const share = part / rooms.length;
    for (const own of ['signIns', 'others'] as const) {
      const ends = this.#ends(own);
      for (let at = second + 1; at <= this.#lastEnd; at += 1) {
        const moved = ends[at] ?? 0;
        if (moved === 0) continue;
        for (const room of rooms) room.#add(room.#ends(own), at, moved * share);
        ends[at] = moved * (1 - part);
      }
    }
    this.waiting *= 1 - part;
  }

  #ends(which: 'signIns' | 'others'): Float64Array {
    return which === 'signIns' ? this.#signIns : this.#others;
  }

  #add(ends: Float64Array, at: number, count: number): void {
    // Who waits beyond the end of the event is there until then.
    if (at < ends.length) ends[at] = (ends[at] ?? 0) + count;
    this.#lastEnd = Math.max(this.#lastEnd, Math.min(at, ends.length - 1));
    this.waiting += count;
  }
}
