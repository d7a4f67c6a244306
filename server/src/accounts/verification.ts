/** Real-name verification: its states and the moves between them. Source: product rules, 1. */

export const verificationStates = ['unverified', 'pending', 'verified', 'rejected'] as const;
export type Verification = (typeof verificationStates)[number];

const moves: Record<Verification, readonly Verification[]> = {
  unverified: ['pending', 'verified'],
  pending: ['verified', 'rejected'],
  verified: [],
  rejected: ['pending', 'verified'],
};

/** Whether verification may go from one state to the other. The operator's review may also skip `pending`. */
export function mayBecome(from: Verification, to: Verification): boolean {
  return moves[from].includes(to);
}
