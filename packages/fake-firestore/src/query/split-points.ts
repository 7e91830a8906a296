import type { Database } from '../store/database.ts';
import type { Micros } from '../time/micros.ts';
import type { Plan } from './plan.ts';
import { countOf, runPlan } from './run-plan.ts';

/**
 * Paths of documents that cut the results of a plan into parts of about equal size, in name order: at
 * most `most`, and none closer together than about `granularity` documents.
 */
export function splitPoints(
  database: Database,
  plan: Plan,
  at: Micros,
  most: number,
  granularity: number,
): readonly string[] {
  const total = countOf(runPlan(database, plan, at));
  const points = Math.min(most, Math.round(total / granularity));
  const places = Array.from({ length: Math.max(0, points) }, (_, index) =>
    Math.floor((total * (index + 1)) / (points + 1)),
  );
  const paths: string[] = [];
  let seen = 0;
  for (const item of runPlan(database, plan, at)) {
    const count = item.is === 'run' ? item.to - item.from : 1;
    for (let place = places[paths.length]; place !== undefined && place < seen + count;) {
      paths.push(
        item.is === 'run' ? item.shape.path(item.from + place - seen) : item.document.path,
      );
      place = places[paths.length];
    }
    seen += count;
  }
  return paths;
}
