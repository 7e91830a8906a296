import type { CommitBounds } from '@fairlead/runtime';

/** When a transaction is committed, unless the user says otherwise. */
export const defaultCommit: CommitBounds = { bytes: 4 * 1024 ** 3, everyMs: 30_000 };

/** What becomes of deletes and of documents that do not fit, unless the user says otherwise. */
export const defaultRule = { deletes: 'hard', contract: 'evolve' } as const;
