import { applyCheckpoint, type Binding, type SourceEvent, type SourceState } from '@fairlead/sdk';

/** The part of a pull that decides which events may follow which. */
export interface PullFacts {
  readonly bindings: readonly Binding[];
  readonly state: SourceState;
  readonly until: 'caught-up' | 'forever';
  /** Whether the pull came to its own end, rather than being left. */
  readonly ended: boolean;
}

/** What one event and those before it do not have in the order that the contract asks for. */
export function eventProblems(events: readonly SourceEvent[], facts: PullFacts): string[] {
  const { bindings, state, until, ended } = facts;
  const lives: Life[] = bindings.map(({ stateKey }) => ({
    isNew: !Object.hasOwn(state.bindings, stateKey),
    backfill: 'unknown',
    caughtUp: false,
    failed: false,
    done: 0,
  }));
  const problems: string[] = [];
  let provisional = new Set<number>();
  events.forEach((event, at) => {
    const tell = (what: string) => problems.push(`event ${at}, ${event.is}: ${what}`);
    if (event.is === 'checkpoint') {
      provisional = new Set();
      return;
    }
    const life = lives[event.binding];
    if (life === undefined) {
      tell(`there is no binding ${event.binding}`);
      return;
    }
    const isLate = life.caughtUp && until === 'caught-up';
    if (isLate && event.is !== 'progress') tell('comes after the binding has caught up');
    if (life.failed) tell('comes after the binding has failed');
    step(life, event, tell);
    if (event.is === 'documents') provisional.add(event.binding);
    if (event.is === 'failed') provisional.delete(event.binding);
  });
  if (!ended) return problems;
  for (const [binding, life] of lives.entries()) {
    if (life.failed) continue;
    if (!life.caughtUp && until === 'caught-up')
      problems.push(`binding ${binding} never caught up`);
    if (life.backfill === 'begun') problems.push(`the backfill of binding ${binding} never ended`);
    if (provisional.has(binding)) {
      problems.push(`the last documents of binding ${binding} have no checkpoint after them`);
    }
  }
  return problems;
}

/** What was heard of a binding. */
interface Life {
  readonly isNew: boolean;
  backfill: 'unknown' | 'begun' | 'ended';
  caughtUp: boolean;
  failed: boolean;
  /** How far the last progress was. */
  done: number;
}

function step(
  life: Life,
  event: Exclude<SourceEvent, { readonly is: 'checkpoint' }>,
  tell: (what: string) => void,
): void {
  switch (event.is) {
    case 'documents':
      if (life.isNew && life.backfill === 'unknown') {
        tell('the binding has no state, and its backfill did not begin');
      }
      return;
    case 'backfill-begins':
      if (life.backfill === 'begun') tell('the backfill had begun already');
      life.backfill = 'begun';
      return;
    case 'backfill-ends':
      if (life.backfill === 'ended') tell('the backfill had ended already');
      if (life.isNew && life.backfill === 'unknown') tell('the backfill did not begin');
      life.backfill = 'ended';
      return;
    case 'caught-up':
      life.caughtUp = true;
      return;
    case 'failed':
      life.failed = true;
      return;
    case 'progress':
      if (event.done > event.total) tell('is further than the whole');
      if (event.done < life.done) tell('goes backwards');
      life.done = event.done;
      return;
    case 'schema':
      return;
  }
}

/**
 * What is wrong with the patches of checkpoints: members that are no part of a state, and members
 * that change nothing.
 */
export function patchProblems(
  events: readonly SourceEvent[],
  { bindings, state }: Pick<PullFacts, 'bindings' | 'state'>,
  sharesState: boolean,
): string[] {
  const stateKeys = new Set(bindings.map(({ stateKey }) => stateKey));
  const problems: string[] = [];
  let now = state;
  events.forEach((event, at) => {
    if (event.is !== 'checkpoint') return;
    const tell = (what: string) => problems.push(`event ${at}, checkpoint: ${what}`);
    const { patch } = event;
    if (!isPlain(patch)) tell('the patch is no JSON');
    if (patch.shared !== undefined && !sharesState) tell('the source has no shared state');
    for (const key of Object.keys(patch)) {
      if (key !== 'shared' && key !== 'bindings') tell(`${key} is no part of a state`);
    }
    for (const key of Object.keys(patch.bindings ?? {})) {
      if (!stateKeys.has(key)) tell(`${key} is no state key`);
    }
    for (const path of idle(patch, now, '')) tell(`${path} changes nothing`);
    now = applyCheckpoint(now, patch);
  });
  return problems;
}

/** Paths of members of a merge patch that leave the target as it is. */
function idle(patch: unknown, target: unknown, path: string): string[] {
  if (!isRecord(patch)) return JSON.stringify(patch) === JSON.stringify(target) ? [path] : [];
  return Object.entries(patch).flatMap(([key, value]) => {
    const known = isRecord(target) && Object.hasOwn(target, key) ? target[key] : undefined;
    if (value === null) return known === undefined ? [`${path}/${key}`] : [];
    return idle(value, known, `${path}/${key}`);
  });
}

function isPlain(value: unknown): boolean {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isObject = prototype === Object.prototype || prototype === null;
  return isObject && Object.values(value).every((item) => item === undefined || isPlain(item));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
