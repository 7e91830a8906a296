/**
 * Text that a terminal shows as it is: control characters, which names from outside may hold, are
 * written as escapes, and no line is broken.
 */
export function printable(text: string): string {
  return text.replace(control, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return escapes.get(code) ?? `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

// C0, DEL and C1, the line and paragraph separators, and what changes the direction of text.
const control =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const escapes = new Map([
  [9, '\\t'],
  [10, '\\n'],
  [13, '\\r'],
]);

/** How many columns of a terminal the text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (!/\p{Mark}|\u200d/u.test(character)) width += isWide(code) ? 2 : 1;
  }
  return width;
}

/** East Asian characters and pictures (Unicode Standard Annex 11, "Wide" and "Fullwidth"), by block. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** The text in at most `width` columns; what is too long ends in `…` (or `...`). */
export function fit(text: string, width: number, ellipsis = '…'): string {
  if (widthOf(text) <= width) return text;
  let result = '';
  for (const character of text) {
    if (widthOf(result + character + ellipsis) > width) break;
    result += character;
  }
  return widthOf(result + ellipsis) <= width ? result + ellipsis : '';
}
