import { readdirSync, readFileSync } from 'node:fs';

/** The processes that this one started and that are still there, by their ids. Empty where there is no `/proc`. */
export function childProcesses(): number[] {
  return tasks().flatMap((task) =>
    (read(`/proc/self/task/${task}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

/** Looks now and then how much memory the children take, what they share with others not counted. */
export class ChildWatch {
  peakBytes = 0;
  /** Those that were seen. */
  readonly seen = new Set<number>();
  readonly #timer: NodeJS.Timeout;

  constructor(everyMs = 20) {
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const id of childProcesses()) {
      this.seen.add(id);
      const [, kilobytes = '0'] = /^RssAnon:\s+(\d+) kB/m.exec(read(`/proc/${id}/status`) ?? '') ?? [];
      this.peakBytes = Math.max(this.peakBytes, Number(kilobytes) * 1024);
    }
  }
}

function tasks(): string[] {
  try {
    return readdirSync('/proc/self/task');
  } catch {
    return [];
  }
}

/** A process may end while one looks at it. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
