/** The command `wharfinger-scan`, once the right Node runs it. */
import { enableCompileCache } from 'node:module';

enableCompileCache();

const { runScanCommand } = await import('./index.ts');
process.exitCode = await runScanCommand(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
});
