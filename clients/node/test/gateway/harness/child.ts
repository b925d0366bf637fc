import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Where and how a process is started. */
export interface ChildOptions {
  readonly cwd?: string;
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A process that a test started. It ends with the test, and with this process however that ends. */
export class Child implements AsyncDisposable {
  /** What it printed, both its outputs. */
  readonly lines: string[] = [];

  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #exit: Promise<Exit>;
  #ended: Exit | undefined;
  #changed = (): void => {};

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output! }).on('line', (line) => {
        this.lines.push(line);
        this.#changed();
      });
    }
    // 'close' comes when its outputs have been read to their ends.
    this.#exit = once(child, 'close').then(([code, signal]) => {
      this.#ended = { code, signal } as Exit;
      this.#changed();
      return this.#ended;
    });
  }

  static async start(command: string, args: readonly string[], options: ChildOptions = {}): Promise<Child> {
    const env: NodeJS.ProcessEnv = { ...process.env, ...options.env };
    // Says to a Node.js process that it is part of a test run.
    delete env['NODE_TEST_CONTEXT'];
    const child = spawn(command, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    outliveNobody(child);
    return new Child([command, ...args].join(' '), child);
  }

  /** Waits for a line; fails with everything printed where it does not come. */
  async awaitLine(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeoutMs;
    for (let next = 0; ;) {
      for (; next < this.lines.length; next++) {
        const found = pattern.exec(this.lines[next]!);
        if (found) return found;
      }
      if (this.#ended) throw new Error(`ended without a line like ${pattern}: ${this}`);
      if (!(await this.#change(deadline))) throw new Error(`no line like ${pattern} in ${timeoutMs} ms: ${this}`);
    }
  }

  /** Waits for its end; fails with everything printed where it does not come. */
  async awaitExit(timeoutMs: number): Promise<Exit> {
    const deadline = Date.now() + timeoutMs;
    while (!this.#ended) {
      if (!(await this.#change(deadline))) throw new Error(`has not ended in ${timeoutMs} ms: ${this}`);
    }
    return this.#ended;
  }

  /** SIGTERM, which asks it to end. */
  terminate(): void {
    this.#process.kill('SIGTERM');
  }

  /** SIGINT, as by Ctrl-C. */
  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.terminate();
    const impatience = setTimeout(() => this.#process.kill('SIGKILL'), 20_000);
    await this.#exit;
    clearTimeout(impatience);
  }

  toString(): string {
    return `${this.#name}\n${this.lines.map((line) => `  | ${line}`).join('\n')}`;
  }

  /** Whether it printed something or ended before the deadline. */
  async #change(deadline: number): Promise<boolean> {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), Math.max(0, deadline - Date.now()));
      this.#changed = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}

/** Has a process killed when this one is gone: a shell reads from a pipe that only this process can write to. */
function outliveNobody(child: ChildProcess): void {
  const guard = spawn('sh', ['-c', 'read -r ended || kill -9 "$1"', 'guard', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  guard.stdin.on('error', () => {});
  child.once('exit', () => guard.stdin.end('ended\n'));
}
