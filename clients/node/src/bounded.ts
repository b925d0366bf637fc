/** Counts what runs at once, and says when there is no more room, and when there is again. */
export class Bounded {
  readonly #most: number;
  readonly #full: () => void;
  readonly #roomAgain: () => void;
  #running = 0;
  #whenIdle: (() => void)[] = [];

  /**
   * @param most how much may run at once
   * @param full called when that is reached: nothing should be started until `roomAgain` is called
   */
  constructor(most: number, full: () => void, roomAgain: () => void) {
    this.#most = most;
    this.#full = full;
    this.#roomAgain = roomAgain;
  }

  /** Whether nothing more should be started. */
  get full(): boolean {
    return this.#running >= this.#most;
  }

  /** Runs something, which must not fail. */
  async run(task: () => Promise<void>): Promise<void> {
    if (++this.#running === this.#most) this.#full();
    try {
      await task();
    } finally {
      if (this.#running-- === this.#most) this.#roomAgain();
      if (this.#running === 0) this.#idle();
    }
  }

  /** Waits until nothing runs, for so many milliseconds at most. */
  async idle(milliseconds: number): Promise<void> {
    if (this.#running === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => this.#whenIdle.push(resolve)),
      new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds))),
    ]);
    clearTimeout(timer);
  }

  #idle(): void {
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }
}
