import { documentPlace } from '../names/resource-name.ts';
import type { Target } from '../protocol/listen.gen.ts';
import { planMatches, planQuery, type Plan } from '../query/plan.ts';
import { countOf, documentsOf, runPlan } from '../query/run-plan.ts';
import { invalid } from '../invalid.ts';
import type { Database } from '../store/database.ts';
import type { Item } from '../store/merge-runs.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { microsOf, microsOfToken, type Micros } from '../time/micros.ts';

/** What a target is about, and how it wants to begin. */
export interface Watch {
  readonly id: number;
  readonly what: { readonly plan: Plan } | { readonly paths: readonly string[] };
  /** Whether a document can belong to it or not because of others: it has a limit or an offset. */
  readonly windowed: boolean;
  /** Ends with its first consistent point. */
  readonly once: boolean;
  /** Up to when the client knows everything; undefined for a new beginning. */
  readonly resumeAt: Micros | undefined;
  /** How many documents the client believes there are: it can use the names of those that are. */
  readonly expectedCount: number | undefined;
}

/** What a client asks for. @throws {GrpcError} invalid argument */
export function watchOf(target: Target, database: string): Watch {
  if (target.targetId <= 0) throw invalid('A target id must be positive.');
  const what = whatOf(target, database);
  const plan = 'plan' in what ? what.plan : undefined;
  return {
    id: target.targetId,
    what,
    windowed: plan !== undefined && (plan.limit !== undefined || plan.offset > 0),
    once: target.once,
    resumeAt: resumeAt(target),
    expectedCount: target.expectedCount,
  };
}

/** Whether a document belongs to a watch that is not windowed. */
export function belongs({ what }: Watch, document: StoredDocument | undefined): boolean {
  if (document === undefined) return false;
  return 'plan' in what ? planMatches(what.plan, document) : what.paths.includes(document.path);
}

/** The documents of a watch as of an instant. */
export function* itemsOf({ what }: Watch, database: Database, at: Micros): Generator<Item> {
  if ('plan' in what) {
    yield* runPlan(database, what.plan, at);
    return;
  }
  for (const path of what.paths) {
    const document = database.read(path, at);
    if (document !== undefined) yield { is: 'document', document };
  }
}

/** How many documents a watch has at an instant. */
export function sizeOf(watch: Watch, database: Database, at: Micros): number {
  return countOf(itemsOf(watch, database, at));
}

/** The documents of a windowed watch as of an instant, by path. */
export function membersOf(
  watch: Watch,
  database: Database,
  at: Micros,
): ReadonlyMap<string, StoredDocument> {
  const documents = documentsOf(itemsOf(watch, database, at));
  return new Map(Array.from(documents, (document) => [document.path, document]));
}

function whatOf({ what }: Target, database: string): Watch['what'] {
  switch (what.case) {
    case 'query':
      return { plan: planQuery(what.value.parent, what.value.structuredQuery) };
    case 'documents':
      return {
        paths: what.value.documents.map((name) => {
          const place = documentPlace(name);
          if (place.database === database) return place.path;
          throw invalid(`"${name}" is in another database.`);
        }),
      };
    case undefined:
      throw invalid('A target is neither a query nor a list of documents.');
  }
}

function resumeAt({ resume }: Target): Micros | undefined {
  if (resume.case === 'readTime') return microsOf(resume.value);
  if (resume.case === undefined || resume.value.length === 0) return undefined;
  const at = microsOfToken(resume.value);
  if (at === undefined) throw invalid('The resume token is not one that this server gave.');
  return at;
}
