import { Room } from './room.ts';

/** Worker processes, each with its room; and the devices that have none at the moment. */
export class Fleet {
  readonly #seconds: number;
  readonly #startsWithinS: number;
  #rooms: Room[];
  /** When those that are starting will run. */
  #starting: number[] = [];
  /** Those whose room is gone. */
  readonly hall: Room;

  constructor(processes: number, startsWithinS: number, seconds: number) {
    this.#seconds = seconds;
    this.#startsWithinS = startsWithinS;
    this.#rooms = Array.from({ length: processes }, () => new Room(seconds));
    this.hall = new Room(seconds);
  }

  get rooms(): readonly Room[] {
    return this.#rooms;
  }

  /** Those that are starting included. */
  get size(): number {
    return this.#rooms.length + this.#starting.length;
  }

  get waiting(): number {
    return this.#rooms.reduce((sum, room) => sum + room.waiting, this.hall.waiting);
  }

  /** Whoever is ready runs, with an empty room. */
  start(second: number): void {
    const ready = this.#starting.filter((at) => at <= second);
    this.#starting = this.#starting.filter((at) => at > second);
    this.#rooms.push(...ready.map(() => new Room(this.#seconds)));
  }

  /** @returns how many have signed in */
  end(second: number): number {
    return [...this.#rooms, this.hall].reduce((sum, room) => sum + room.end(second), 0);
  }

  /** Those without a room enter those that there are. @returns how many did */
  takeIn(perProcess: number, second: number): number {
    const { hall } = this;
    const count = Math.min(hall.waiting, perProcess * this.#rooms.length);
    if (count > 0) hall.moveTo(this.#rooms, count / hall.waiting, second);
    return count;
  }

  /** The youngest go first, and before them those that do not run yet. */
  resize(wanted: number, second: number): void {
    const more = Math.max(0, wanted - this.size);
    const ready = second + this.#startsWithinS;
    this.#starting.push(...Array.from({ length: more }, () => ready));
    this.#starting.length = Math.min(
      this.#starting.length,
      Math.max(0, wanted - this.#rooms.length),
    );
    for (const closed of this.#rooms.splice(wanted)) closed.moveTo([this.hall], 1, second);
  }
}
