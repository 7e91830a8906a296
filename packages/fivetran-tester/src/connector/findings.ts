/** What the tester looks at that Fivetran would not tell, or would tell late. */
export type CheckName =
  | 'batch-size'
  | 'checkpoint-missing'
  | 'column-missing'
  | 'column-type'
  | 'described-otherwise'
  | 'migration-unsupported'
  | 'rows-after-checkpoint'
  | 'secret-in-state'
  | 'state-grows'
  | 'table-unknown'
  | 'unsupported';

/** Something about a connector that its author should look at. */
export interface Finding {
  readonly check: CheckName;
  /** What is so, and what it leads to. */
  readonly message: string;
  /** A table, or a column of one. */
  readonly where?: string;
  /** How often it was seen. */
  readonly count: number;
}

/** Findings of a run, each once, with how often it was seen. */
export class Findings {
  readonly #found = new Map<string, { finding: Omit<Finding, 'count'>; count: number }>();
  readonly #onFirst: (finding: Omit<Finding, 'count'>) => void;

  /** `onFirst` is told of each when it is first seen. */
  constructor(onFirst: (finding: Omit<Finding, 'count'>) => void = () => {}) {
    this.#onFirst = onFirst;
  }

  add(check: CheckName, message: string, where?: string): void {
    const id = `${check}\0${where ?? ''}`;
    const known = this.#found.get(id);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const finding = { check, message, ...(where === undefined ? {} : { where }) };
    this.#found.set(id, { finding, count: 1 });
    this.#onFirst(finding);
  }

  /** In the order in which they were first seen. */
  get all(): readonly Finding[] {
    return [...this.#found.values()].map(({ finding, count }) => ({ ...finding, count }));
  }
}
