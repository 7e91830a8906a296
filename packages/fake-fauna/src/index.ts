export type { CustomRole, Role } from './access.ts';
export type { Counters } from './counters.ts';
export type {
  CollectionOptions,
  DirectStore,
  DirectTransaction,
  DocumentOptions,
  IndexOptions,
  StoredDocument,
  WriteOptions,
} from './direct-store.ts';
export { startFakeFauna, type FakeFauna, type FakeFaunaOptions } from './fake-fauna.ts';
export type { Fault, Faults } from './faults.ts';
export type { RequestLog, RequestRecord } from './http/request-record.ts';
export type { Plain } from './plain.ts';
export type { Settings } from './settings.ts';
export { frozenClock, systemClock, type Clock } from './store/clock.ts';
export type { Shape, ShapeOptions } from './synthetic/shape.ts';
