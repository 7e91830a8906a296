import {
  SourceConnector,
  type Selection,
  type UpdateResponse,
} from '@fairlead/host-fivetran/protocol';
import { Failure, type Log } from '@fairlead/sdk';
import type { Configuration } from '../connector/configuration.ts';
import type { SecretMask } from '../connector/mask-secrets.ts';
import type { ConnectorChannel } from '../connector/open-connector.ts';
import type { Tables } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { RecordWriter, type SourceKnowledge } from './record-writer.ts';
import { declaredTables } from './source-schema.ts';
import type { StreamChecks } from './stream-checks.ts';

export interface SyncOptions {
  readonly channel: ConnectorChannel;
  readonly warehouse: Warehouse;
  readonly configuration: Configuration;
  /** JSON, with which the sync begins. */
  readonly state: string;
  /** What the user has chosen; all of it unless given. */
  readonly selection?: Selection;
  readonly known: SourceKnowledge;
  readonly checks: StreamChecks;
  readonly mask: SecretMask;
  readonly log: Log;
  /** Told the state of each checkpoint once it is committed. */
  readonly onCheckpoint: (state: string) => Promise<void>;
}

/** What a sync has come to, also when it failed in the end. */
export interface SyncProgress {
  checkpoints: number;
  readonly warnings: string[];
}

/**
 * One call of Update, with what it sends in the warehouse: all that comes before a checkpoint is
 * committed with it. What follows the last one is only kept when the sync ends well.
 * @throws {Failure} what ends the sync; what was committed before stays.
 */
export async function runSync(options: SyncOptions, progress: SyncProgress): Promise<void> {
  const { channel, configuration, state, warehouse, selection } = options;
  const request = {
    configuration: { ...configuration },
    stateJson: state,
    ...(selection === undefined ? {} : { selection }),
  };
  const updates = channel.listen(SourceConnector.method.update, request);
  try {
    for (;;) {
      const reached = await warehouse.transaction((tables) =>
        take(options, tables, updates, progress),
      );
      if (reached === undefined) break;
      progress.checkpoints++;
      await options.onCheckpoint(reached);
      options.log.info('checkpoint', { number: progress.checkpoints, stateBytes: reached.length });
    }
  } finally {
    await updates.return(undefined);
  }
  options.checks.end();
}

/** Takes what comes before the next checkpoint, and answers with it; undefined at the end. */
async function take(
  { known, checks, mask, log }: SyncOptions,
  tables: Tables,
  updates: AsyncGenerator<{ readonly message: UpdateResponse; readonly bytes: number }>,
  progress: SyncProgress,
): Promise<string | undefined> {
  const writer = new RecordWriter(tables, known);
  for (;;) {
    const next = await updates.next();
    if (next.done === true) {
      await writer.finish();
      return undefined;
    }
    const { operation } = next.value.message;
    switch (operation.case) {
      case 'record':
        checks.message(1);
        await writer.write(operation.value, next.value.bytes);
        break;
      case 'records': {
        const { records } = operation.value;
        checks.message(records.length);
        const sizeBytes = next.value.bytes / records.length;
        for (const record of records) await writer.write(record, sizeBytes);
        break;
      }
      case 'schemaChange':
        await writer.finish();
        for (const [id, table] of declaredTables(operation.value.change))
          known.tables.set(id, table);
        writer.redeclare();
        break;
      case 'checkpoint': {
        const { stateJson } = operation.value;
        expectState(stateJson);
        checks.checkpoint(stateJson);
        await writer.finish();
        await tables.saveState(stateJson);
        return stateJson;
      }
      case 'warning':
        progress.warnings.push(mask.text(operation.value.message));
        log.warn(mask.text(operation.value.message));
        break;
      case 'task':
        throw new Failure('config', operation.value.message, { where: 'Update' });
      case 'unstructuredRecord':
        known.findings.add('unsupported', 'files are sent, which this tester does not keep');
        break;
      case undefined:
        known.findings.add('unsupported', 'a message has no operation that this tester knows');
    }
  }
}

function expectState(state: string): void {
  let value: unknown;
  try {
    value = JSON.parse(state);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new Failure('data', 'the state of a checkpoint is no JSON object', { where: 'Update' });
}
