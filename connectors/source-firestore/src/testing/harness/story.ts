import { expectGolden } from '@fairlead/testkit';
import type { Life } from './life.ts';
import type { Task } from './task.ts';

/** What came in some lives of a task, and the state after each, as a text that a person can read. */
export class Story {
  readonly #lines: string[] = [];

  /** Tells of a life that is over: rows by binding, in the order of their paths, and the state. */
  tell(title: string, task: Task, life: Life): void {
    this.#lines.push(`# ${title}`);
    for (const { stateKey } of task.bindings) {
      const rows = [...life.rows(stateKey)].toSorted((a, b) => (a.line < b.line ? -1 : 1));
      this.#lines.push(`${stateKey}: ${rows.length} documents`);
      for (const { line } of rows) this.#lines.push(`  ${line}`);
    }
    for (const [key, part] of Object.entries(task.state.bindings)) {
      this.#lines.push(`state of ${key}: ${JSON.stringify(part)}`);
    }
  }

  /** Compares it with the golden file of that name beside a test. */
  expect(name: string, test: string): void {
    expectGolden(new URL(`goldens/${name}.txt`, test), this.#lines.join('\n'), { volatile });
  }
}

/** What differs from run to run. */
const volatile = { '<time>': /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g };
