/** What a command is given instead of reaching for the process itself; the server's commands have the same shape. */
export interface CommandIo {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Where the user stands; relative paths count from here. */
  cwd: string;
  env: Record<string, string | undefined>;
}

/** The stream as a terminal, when it is one. */
export function asTerminal(stream: NodeJS.WritableStream): { columns: number } | undefined {
  if (!('isTTY' in stream) || stream.isTTY !== true) return undefined;
  const columns = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 0;
  // A terminal that was never given a size says 0.
  return { columns: columns > 0 ? columns : 80 };
}
