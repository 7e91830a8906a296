import type { servers, SoakReport } from './soak.ts';

/** How many reads a document may take, those that kills lose included. */
const mostReads: Readonly<Record<keyof typeof servers, number>> = { firestore: 1.01, fauna: 1.05 };

const mostMiB = 200;

/** Something that is to hold of a soak, and what was found. */
export interface SoakCheck {
  readonly what: string;
  readonly found: string;
  readonly limit: string;
  readonly holds: boolean;
}

/**
 * What is to hold, however many documents there were.
 * @param mostGrowth how much higher the peak of the last processes may be.
 */
export function soakChecks(report: SoakReport, mostGrowth = 1.1): readonly SoakCheck[] {
  const { source, documents, reads, peakMiB, firstMiB, lastMiB, problems } = report;
  return [
    {
      what: 'documents, each once',
      found: documents.toLocaleString('en'),
      limit: problems.join('; '),
      holds: problems.length === 0 && reads >= documents,
    },
    {
      what: 'reads per document',
      found: (reads / documents).toFixed(4),
      limit: `≤ ${mostReads[source]}`,
      holds: reads <= documents * mostReads[source],
    },
    {
      what: 'peak memory',
      found: `${peakMiB.toFixed(0)} MiB`,
      limit: `≤ ${mostMiB} MiB`,
      // Less than 30 no process has that was looked at.
      holds: peakMiB > 30 && peakMiB <= mostMiB,
    },
    {
      what: 'peaks, first and last tenth',
      found: `${firstMiB.toFixed(0)} and ${lastMiB.toFixed(0)} MiB`,
      limit: `last ≤ ${mostGrowth} × first`,
      holds: lastMiB <= firstMiB * mostGrowth,
    },
  ];
}
