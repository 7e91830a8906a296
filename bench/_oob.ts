import { createScanner, createObserver, createProjector } from '@fairlead/json';
import { readFileSync } from 'node:fs';
const member = { name: '_meta', before: Buffer.from('{"file":"cars.json","offset":'), after: Buffer.from('}'), first: 0 };
const b = readFileSync(`node_modules/vega-datasets/data/cars.json`);
const go = (w: string) => { try { const s = createScanner({ separator: 'elements', member }); const r = s.scan(b.subarray(1), false); console.log(w, r.lines.ends.length); return r.lines; } catch (e: any) { console.log(w, e.message); return undefined } };
const lines = go('first')!;
const o = createObserver(); const ob = o.observe(lines); go('after observe'); o.accept(ob.shape()); o.observe(lines); go('after accept');
const pr = createProjector([{ pointer: ['Name'], form: 'plain' }]); pr.project(lines); go('project plain'); pr.project(lines,{ops:new Uint8Array(lines.ends.length)}); go('project ops'); pr.project(lines,{sequence:4}); go('project seq'); pr.project(lines,{presence:true}); go('presence');
for (const f of ['movies','flights-200k']) { const s = createScanner({ separator: 'elements', member }); let p = 1; const d = readFileSync(`node_modules/vega-datasets/data/${f}.json`); let docs = 0; try { for (;;) { const r = s.scan(d.subarray(p), true); p += r.consumed; docs += r.lines.ends.length; o.observe(r.lines); if (r.closed) break; } } catch (e: any) { console.log(f, p, e.message, e.stack) } console.log(f, docs); }
const bad = Buffer.concat([Buffer.from('{"id":1,"name":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}\n')]);
for (const m of [undefined, member]) { try { const s = createScanner({ separator: 'values', ...(m ? {member: m} : {}) }); s.scan(bad, false); s.scan(bad, true) } catch (e: any) { console.log(e.message, e.reason) } }
