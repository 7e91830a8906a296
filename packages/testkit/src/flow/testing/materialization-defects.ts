import { materializeRequests, materializeResponses, serveMaterialize } from '@fairlead/host-flow';
import type { CommitPattern } from '@fairlead/sdk';
import type { FlowStart } from '../flow-start.ts';
import { commitDefects } from './commit-defects.ts';
import { fieldDefects } from './field-defects.ts';
import { orderDefects } from './order-defects.ts';
import { referenceMaterialization } from './reference-materialization.ts';
import { transportDefects } from './transport-defects.ts';

/** A materialization that does one thing wrong, and the check that has to find it. */
export interface MaterializationDefect {
  readonly defect: string;
  /** JSON unless given. */
  readonly codec?: 'json' | 'proto';
  /** In the destination unless given. */
  readonly commits?: CommitPattern;
  /** The defect in what is good. */
  readonly start: (good: Reference) => FlowStart;
  /** The name of the check. */
  readonly by: string;
  /** What it has to say. */
  readonly says: string | RegExp;
}

export type Reference = ReturnType<typeof referenceMaterialization>;

/** A defect for each thing that the suite looks at. */
export function materializationDefects(): MaterializationDefect[] {
  const { materialization } = referenceMaterialization('in-destination');
  const sets = { requests: materializeRequests, responses: materializeResponses };
  const transport = transportDefects((io) => serveMaterialize(materialization, io), sets);
  return [
    ...transport.map((defect) => ({ ...defect, start: () => defect.start })),
    ...fieldDefects(),
    ...orderDefects(),
    ...commitDefects(),
  ];
}
