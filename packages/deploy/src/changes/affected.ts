/** Files that are in no function: texts for people, and what tells other programs what to do. */
export const besideCode = [
  String.raw`\.md$`,
  '^LICENSE',
  String.raw`^\.(circleci|fairlead|git|github|vscode)`,
  '^(dags|docs)/',
  String.raw`^deploy\.ya?ml$`,
] as const;

const isBeside = new RegExp(besideCode.join('|'));

/**
 * Whether a change of these files changes the function of a connector: one within its folder does, and
 * one of code that connectors share. Paths are relative and have `/` between folders.
 *
 * @param own the folder of the connector, as `connectors/casa`; undefined for one that is installed.
 * @param others the folders of all connectors.
 */
export function isAffected(
  own: string | undefined,
  others: readonly string[],
  files: readonly string[],
): boolean {
  const isIn = (folder: string, file: string) => file.startsWith(`${folder}/`);
  return files.some((file) => {
    if (own !== undefined && isIn(own, file)) return true;
    return !isBeside.test(file) && !others.some((other) => isIn(other, file));
  });
}
