/** The command `wharfinger-scan`, under the pinned Node. */
import { enableCompileCache } from 'node:module';

enableCompileCache();

const { runScanCommand } = await import('./scan-command.ts');
process.exitCode = await runScanCommand(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
  env: process.env,
});
