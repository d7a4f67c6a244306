/** Child processes that read hostile bytes, and what holds them. */
export { createSandbox, type Sandbox, type SandboxOptions, workersPerScan } from './create-sandbox.ts';
export { ChildGone } from './child.ts';
export { inflateToFile } from './inflate-to-file.ts';
export { parseLayerIndex } from './messages.ts';
export { sandboxFacts, type SandboxFacts } from './protections.ts';
export { reasonOf, type Worker, type WorkerAnswer, type WorkerJob } from './worker.ts';
