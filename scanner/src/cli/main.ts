/** The command `wharfinger-scan`, once the right Node runs it. */
import { keepCompiledCode } from './compiled-code.ts';

keepCompiledCode(process.env);

const { runScanCommand } = await import('./index.ts');
process.exitCode = await runScanCommand(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
});
