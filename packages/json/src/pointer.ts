/**
 * The member names and element indices that a JSON pointer (RFC 6901) steps through: `/a/b~1c` is
 * `a`, then `b/c`; the empty pointer is the whole document.
 * @throws {PointerError} when it neither is empty nor begins with `/`, or has a `~` without 0 or 1.
 */
export function parsePointer(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PointerError("a pointer begins with '/'");
  if (/~(?![01])/.test(pointer)) throw new PointerError("'~' stands only before 0 or 1");
  const steps = pointer.slice(1).split('/');
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The JSON pointer of a path, so that `parsePointer` gives the path back. */
export function formatPointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${escaped(String(step))}`).join('');
}

/** Thrown for a text that is no JSON pointer. */
export class PointerError extends Error {
  override readonly name = 'PointerError';
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
