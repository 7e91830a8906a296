import type { Run } from '../synthetic/hole.ts';
import type { SourceEvent, StartError } from './events.ts';
import type { V10Writer } from './render.ts';
import { cursorText } from './tokens.ts';

/** What an event has cost, as it is told with it. */
export const eventStats =
  '"stats":{"read_ops":1,"storage_bytes_read":1,"compute_ops":1,"processing_time_ms":0,"rate_limits_hit":[]}';

export function writeEvent(writer: V10Writer, { type, data, place }: SourceEvent): void {
  writer.text(`{"type":"${type}","data":`);
  writer.write(data, true);
  writer.text(`,"txn_ts":${place.ts},"cursor":"${cursorText(place)}",${eventStats}}`);
}

/** The events of synthetic documents, all of them adds, with commas between them. */
export function writeAdds(writer: V10Writer, run: Run): void {
  const documents: Run = { ...run, value: { kind: 'hole', shape: run.shape, is: 'document' } };
  writer.run(documents, (write, body) => {
    body.text('{"type":"add","data":');
    write();
    body.text(',"txn_ts":');
    body.gap('ts');
    body.text(',"cursor":"e');
    body.gap('ts');
    body.text('.1.');
    body.gap('id');
    body.text(`",${eventStats}}`);
  });
}

export function writeError(writer: V10Writer, error: StartError): void {
  writer.text(`{"type":"error","error":${JSON.stringify(error)},${eventStats}}`);
}
