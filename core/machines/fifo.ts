/** Steps of a stretch, at least. */
const leastStretch = 8;

/**
 * Processing elements behind FIFOs that one broadcast fills. Step k is broadcast at b(k), a processing element starts
 * it at start(k) and is done after its own interval:
 *
 *   b(k) = max(b(k − 1) + beats, largest start(k − depth)),  start(k) = max(b(k), end(k − 1)),  end(k) = start(k) + interval(k)
 *
 * so a broadcast waits until the step `depth` before it has left every FIFO [our decision]. Depth 0 is lockstep: a
 * broadcast waits for all. Intervals are whole cycles of at least `beats`. All clocks start at 0.
 */
export class FifoArray {
  readonly #depth: number;
  readonly #beats: number;
  /** When each processing element is done with what it has had so far. */
  readonly #ends: Float64Array;
  /** Largest start of each of the last `depth` steps, a ring; `#oldest` is the one that is written next. */
  readonly #starts: Float64Array;
  #oldest = 0;
  #broadcast = 0;
  #finished = 0;
  /** The clocks before a stretch of steps. */
  readonly #endsBefore: Float64Array;
  readonly #startsBefore: Float64Array;
  #broadcastBefore = 0;
  /** Least time, in a stretch, by which a group waited for its processing element, and by which a start was not the largest. */
  readonly #waited: Float64Array;
  readonly #behind: Float64Array;

  constructor(pes: number, depth: number, beats: number) {
    this.#depth = depth;
    this.#beats = beats;
    this.#ends = new Float64Array(pes);
    this.#endsBefore = new Float64Array(pes);
    this.#waited = new Float64Array(pes);
    this.#behind = new Float64Array(pes);
    this.#starts = new Float64Array(depth);
    this.#startsBefore = new Float64Array(depth);
    this.reset();
  }

  /** Sets all clocks back to 0. */
  reset(): void {
    this.#ends.fill(0);
    this.#starts.fill(0);
    this.#broadcast = -this.#beats;
    this.#finished = 0;
  }

  /** When the last processing element is done. */
  get finished(): number {
    return this.#finished;
  }

  /**
   * Runs `steps` steps whose intervals are the rows of `intervals` (shape [period, pes]) from row `first` on, around the
   * end. Only the first `working` processing elements take part; the others neither receive the broadcast nor hold it
   * up. What is sure to repeat is added at once, exactly: see `#repeats`.
   */
  run(intervals: Uint16Array, first: number, steps: number, working: number): void {
    const period = intervals.length / this.#ends.length;
    // A stretch is whole periods, and long enough that comparing clocks takes no longer than the steps.
    const stretch = period * Math.ceil(Math.max(this.#depth, leastStretch) / period);
    let left = steps;
    let steady = false;
    while (left >= 2 * stretch) {
      this.#keepClocks();
      this.#advance(intervals, first, stretch, working, steady);
      left -= stretch;
      const moved = this.#broadcastMoved();
      if (steady && moved !== undefined) {
        const repeats = Math.min(Math.floor(left / stretch), this.#repeats(moved, working));
        if (repeats > 0) this.#repeat(repeats, moved, working);
        left -= repeats * stretch;
      }
      steady = moved !== undefined;
    }
    this.#advance(intervals, first, left, working, false);
  }

  /** Runs steps one by one; `watched` keeps `#waited` and `#behind` as well. */
  #advance(intervals: Uint16Array, first: number, steps: number, working: number, watched: boolean): void {
    const ends = this.#ends;
    const pes = ends.length;
    if (watched) {
      this.#waited.fill(Number.POSITIVE_INFINITY);
      this.#behind.fill(Number.POSITIVE_INFINITY);
    }
    let offset = first * pes;
    let finished = this.#finished;
    for (let step = 0; step < steps; step++) {
      const free = this.#depth === 0 ? finished : this.#starts[this.#oldest];
      const broadcast = Math.max(this.#broadcast + this.#beats, free);
      if (watched) {
        for (let pe = 0; pe < working; pe++) {
          this.#waited[pe] = Math.min(this.#waited[pe], ends[pe] - broadcast);
        }
      }
      let largest = 0;
      for (let pe = 0; pe < working; pe++) {
        const start = Math.max(ends[pe], broadcast);
        if (start > largest) largest = start;
        const end = start + intervals[offset + pe];
        ends[pe] = end;
        if (end > finished) finished = end;
      }
      if (watched) {
        for (let pe = 0; pe < working; pe++) {
          const start = ends[pe] - intervals[offset + pe];
          this.#behind[pe] = Math.min(this.#behind[pe], largest - start);
        }
      }
      this.#broadcast = broadcast;
      if (this.#depth > 0) {
        this.#starts[this.#oldest] = largest;
        this.#oldest = this.#oldest + 1 === this.#depth ? 0 : this.#oldest + 1;
      }
      offset = offset + pes === intervals.length ? 0 : offset + pes;
    }
    this.#finished = finished;
  }

  #keepClocks(): void {
    this.#endsBefore.set(this.#ends);
    this.#broadcastBefore = this.#broadcast;
    for (let age = 0; age < this.#depth; age++) {
      this.#startsBefore[age] = this.#starts[(this.#oldest + age) % this.#depth];
    }
  }

  /** The time by which the broadcast and all largest starts moved on in a stretch; undefined if they did not alike. */
  #broadcastMoved(): number | undefined {
    const moved = this.#broadcast - this.#broadcastBefore;
    for (let age = 0; age < this.#depth; age++) {
      const start = this.#starts[(this.#oldest + age) % this.#depth];
      if (start - this.#startsBefore[age] !== moved) return undefined;
    }
    return moved;
  }

  /**
   * How often a watched stretch, in which the broadcast moved on by `moved`, is sure to repeat with every clock moving
   * on as it did. A processing element that moved as the broadcast did stays as it is. One that did not must have had a
   * group waiting at each step and never the largest start: then it alone decides its clock and nobody else's, until
   * it catches up with the broadcast, or with the largest start.
   */
  #repeats(moved: number, working: number): number {
    let repeats = Number.POSITIVE_INFINITY;
    for (let pe = 0; pe < working; pe++) {
      const ahead = this.#ends[pe] - this.#endsBefore[pe] - moved;
      if (ahead === 0) continue;
      if (this.#waited[pe] < 0 || this.#behind[pe] <= 0) return 0;
      const room = ahead < 0 ? this.#waited[pe] : this.#behind[pe];
      repeats = Math.min(repeats, Math.floor(room / Math.abs(ahead)));
    }
    return repeats;
  }

  #repeat(repeats: number, moved: number, working: number): void {
    this.#broadcast += repeats * moved;
    for (let age = 0; age < this.#depth; age++) this.#starts[age] += repeats * moved;
    for (let pe = 0; pe < working; pe++) {
      this.#ends[pe] += repeats * (this.#ends[pe] - this.#endsBefore[pe]);
      this.#finished = Math.max(this.#finished, this.#ends[pe]);
    }
  }
}
