/** The conditions under which this process finds packages: it may run on sources. */
export function ownConditions(): readonly string[] {
  return process.execArgv.flatMap((word, index, all) => {
    if (word === '-C' || word === '--conditions') return all.slice(index + 1, index + 2);
    return word.startsWith('--conditions=') ? [word.slice('--conditions='.length)] : [];
  });
}
