import { fileURLToPath } from 'node:url';
import { duckdbRows } from '../../destination/testing/duckdb-rows.ts';

/** The source that counts, as a program. */
export function numbers(config: {
  readonly last: number;
  readonly pauseMs?: number;
  readonly fails?: boolean;
}) {
  const script = fileURLToPath(new URL('numbers-source.mjs', import.meta.url));
  return { command: [process.execPath, script], config: { ...config } };
}

/** A catalog with its stream. */
export function numbersCatalog(mode: string, generation: number) {
  return {
    streams: [
      {
        stream: {
          name: 'numbers',
          json_schema: {
            type: 'object',
            properties: { id: { type: 'integer' }, square: { type: 'integer' } },
          },
          supported_sync_modes: ['incremental'],
        },
        sync_mode: 'incremental',
        destination_sync_mode: mode,
        primary_key: [['id']],
        generation_id: generation,
        minimum_generation_id: mode.startsWith('overwrite') ? generation : 0,
        sync_id: generation,
      },
    ],
  };
}

/** What is in its table: how many rows, the first and the last, how many different ones, and a sum. */
export async function numbersIn(path: string): Promise<readonly string[] | undefined> {
  const summary = 'SELECT count(*), min(id), max(id), count(DISTINCT id), sum(square) FROM numbers';
  return (await duckdbRows(path, summary))[0]?.map(String);
}
