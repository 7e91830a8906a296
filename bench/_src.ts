import { file } from '@fairlead/source-file';
import { connect, emptyState, wholeRange, silentLog } from '@fairlead/sdk';
import { createObserver, createProjector, mergeShapes, emptyShape } from '@fairlead/json';
const s = connect(file, { paths: process.argv[2] });
const signal = new AbortController().signal;
const streams = await s.discover({ log: silentLog, signal });
let t = performance.now();
let n = 0, b = 0, ev: Record<string, number> = {};
const observe = process.argv[3] === 'observe';
const ob = createObserver(); let shape: any; let proj: any; let pb=0;
for await (const e of s.pull({ bindings: [{ stream: streams[0]!.name, resource: streams[0]!.resource, stateKey: 'x' }], state: emptyState, until: 'caught-up', range: wholeRange, signal, log: silentLog })) {
  ev[e.is] = (ev[e.is] ?? 0) + 1;
  if (e.is === 'documents') { n += e.documents.ends.length; b += e.documents.bytes.length;
    if (observe) { const o = ob.observe(e.documents); if (o.misfits.length) { shape = shape ? mergeShapes(shape, o.shape()) : o.shape(); ob.accept(shape); }
      proj ??= createProjector([...shape.properties.keys()].filter((k: string) => k !== '_meta').map((k: string) => ({ pointer: [k], form: 'plain' })).concat([{ pointer: ['_meta', 'file'], form: 'plain' }, { pointer: ['_meta', 'offset'], form: 'plain' }] as any));
      pb += proj.project(e.documents).bytes.length; } }
  if (e.is === 'failed') throw e.failure;
}
t = performance.now() - t;
console.log(streams.map((x) => x.name), n, b, pb, ev, (t / 1000).toFixed(2), 's', (n / t).toFixed(0), 'k/s', (process.resourceUsage().maxRSS / 1024).toFixed(0), 'MiB');
