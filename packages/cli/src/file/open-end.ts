import type { JsonSchema } from '@fairlead/json';
import { Failure, isFailure, settingsSchema } from '@fairlead/sdk';
import type { z } from 'zod';
import { chooseConnector } from '../connectors/choose-connector.ts';
import type { InstalledConnector } from '../connectors/find-connectors.ts';
import type { Path, PlacedDocument } from './placed-document.ts';
import { invalidValues } from './invalid-values.ts';
import { memberAt } from './member-at.ts';
import { unknownKeys, type Problem } from './problems.ts';
import { readTextValues } from './read-text-values.ts';

/** A connector that a file names, with the settings there. */
export interface OpenedEnd<Connector> {
  readonly installed: InstalledConnector;
  readonly connector: Connector;
  readonly settings: unknown;
  /** What is wrong with the settings. */
  readonly problems: readonly Problem[];
}

/**
 * Loads the connector that the file names as its source or destination, and looks at its settings.
 * @throws {Failure} config, when it is not installed.
 */
export async function openEnd<Connector extends { readonly config: z.ZodType }>(
  document: PlacedDocument,
  end: 'source' | 'destination',
  installed: readonly InstalledConnector[],
  load: (connector: InstalledConnector) => Promise<Connector>,
): Promise<OpenedEnd<Connector>> {
  const members = memberAt(document.value, [end]);
  const [name = ''] = Object.keys(typeof members === 'object' && members !== null ? members : {});
  const path = [end, name];
  const chosen = chooseAt(document, path, () => chooseConnector(installed, end, name));
  const connector = await load(chosen);
  const written = memberAt(document.value, path) ?? {};
  const isText = (inner: Path) => document.isFromVariable([...path, ...inner]);
  const settings = readTextValues(connector.config, written, isText);
  const parsed = connector.config.safeParse(settings);
  const problems = [
    ...unknownKeys(settingsSchema(connector.config), settings),
    ...(parsed.success ? [] : invalidValues(parsed.error.issues, settings, isText)),
  ];
  return {
    installed: chosen,
    connector,
    settings,
    problems: problems.map((problem) => within(path, problem)),
  };
}

function chooseAt(document: PlacedDocument, path: Path, choose: () => InstalledConnector) {
  try {
    return choose();
  } catch (error) {
    if (!isFailure(error)) throw error;
    throw new Failure('config', error.message, {
      where: document.place(document.offsetOf(path, 'key')),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

function within(path: Path, problem: Problem): Problem {
  return { ...problem, path: [...path, ...problem.path] };
}

/** Keys of streams' own settings that the connector does not know. What they lack, discovery adds. */
export function streamProblems(
  document: PlacedDocument,
  part: 'source' | 'target',
  schema: JsonSchema,
): readonly Problem[] {
  const streams = memberAt(document.value, ['streams']);
  if (!Array.isArray(streams)) return [];
  return streams.flatMap((_, index) => {
    const path = ['streams', index, part];
    return unknownKeys(schema, memberAt(document.value, path)).map((problem) =>
      within(path, problem),
    );
  });
}
