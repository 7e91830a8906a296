export type { Counters, RpcCounts } from './counters.ts';
export { DirectDatabase, type DirectWrite } from './direct-database.ts';
export {
  startFakeFirestore,
  type FakeFirestore,
  type FakeFirestoreOptions,
} from './fake-firestore.ts';
export type { Ending, Fault, Manner, Rpc } from './faults/fault.ts';
export type { Faults } from './faults/faults.ts';
export { bloomOf, mayHold } from './listen/bloom.ts';
export type { Listeners } from './listen/listeners.ts';
export type { Cause } from './listen/target-change.ts';
export type { TargetFailure } from './listen/watched.ts';
export { nameKey, type NameKey } from './names/name-key.ts';
export type { Field, Value } from './protocol/document.gen.ts';
export type { ListenSettings, Settings } from './settings.ts';
export type { StoredDocument } from './store/stored-document.ts';
export type { IdPattern } from './synthetic/ids.ts';
export type { Shape, ShapeOptions } from './synthetic/shape.ts';
export { frozenClock, systemClock, type Clock } from './time/clock.ts';
export { microsOf, timestampOf, tokenOf, type Micros } from './time/micros.ts';
export { compareValues } from './values/compare-values.ts';
export { toFields, toValue, type Plain } from './values/to-value.ts';
