import { findConnectors } from '../connectors/find-connectors.ts';
import { writeJson, type Invocation } from '../invocation.ts';
import { renderTable } from '../render-table.ts';

/** `fairlead connectors`: what is installed, as seen from here. Loads nothing. */
export async function connectors({ environment, options, output }: Invocation): Promise<void> {
  const installed = findConnectors(environment.folder);
  if (options.json === true) {
    await writeJson(output, { connectors: installed });
    return;
  }
  if (installed.length === 0) {
    await output.write('no connectors are installed\n');
    return;
  }
  const columns = ['kind', 'name', 'package', 'version', 'what it is'];
  const rows = installed
    .toSorted((a, b) => (a.kind === b.kind ? 0 : a.kind === 'source' ? -1 : 1))
    .map(({ kind, shortName, name, version, description }) => [
      kind,
      shortName,
      name,
      version,
      description,
    ]);
  await output.write(
    renderTable(
      columns.map((title) => ({ title })),
      rows,
    ),
  );
}
