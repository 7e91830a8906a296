/** Log lines without their time, which comes first. */
export function timeless(text: string): string {
  return text.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /gm, '').replace(/"at":"[^"]*",/g, '');
}
