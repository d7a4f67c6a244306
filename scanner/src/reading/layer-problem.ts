import type { ReasonCode } from '../model.ts';

/** The bytes of a layer end too early or cannot be understood: nothing after this place can be read. */
export class LayerProblem extends Error {
  readonly code: ReasonCode;
  constructor(code: Extract<ReasonCode, `layer-${string}`>, message: string) {
    super(message);
    this.name = 'LayerProblem';
    this.code = code;
  }
}
