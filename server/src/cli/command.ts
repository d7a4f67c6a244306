/** What a command of `wharfinger` is: one file each, loaded only when it is called. */

export interface CommandIo {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Where the user stands; relative paths count from here. */
  cwd: string;
  env: Record<string, string | undefined>;
}

export interface Command {
  /** How it is called, one form a line. */
  usage: string;
  /** Runs with the arguments after its name and gives the exit status. Throws {@link UsageError} for bad arguments. */
  run(argv: string[], io: CommandIo): Promise<number>;
}

/** The command was called in a way that it does not know; the usage is shown. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Writes a result: JSON on one line for programs, or lines for people. */
export function writeResult(io: CommandIo, asJson: boolean, value: unknown, lines: readonly string[]): void {
  io.stdout.write(asJson ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
}
