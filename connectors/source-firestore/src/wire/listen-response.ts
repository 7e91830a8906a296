import { bigVarintAt, malformed, ProtoReader } from './protobuf.ts';
import { readStatus, type RpcStatus } from './responses.ts';
import { pastField, pastVarint, varintAt } from './skip.ts';
import { isTime, readTime, readTimeIn, type Time } from './time.ts';

/** A `ListenResponse`. One is read into again and again; positions are in the bytes that were read. */
export class ListenResponse {
  /** Which of its kinds it is; `nothing` when it is of a kind that is not known. */
  is: 'nothing' | 'target-change' | 'change' | 'delete' | 'remove' | 'filter' = 'nothing';
  /** Where the message of that kind is: for {@link readTargetChange} and {@link readExistenceFilter}. */
  start = 0;
  end = 0;
  /** Of a change: where the document is. */
  documentStart = 0;
  documentEnd = 0;
  /** Of a delete or a remove: where the full name of the document is. */
  nameStart = 0;
  nameEnd = 0;
  /** Of a change: the targets that the document is in. */
  readonly targetIds: number[] = [];
  /** Of a change, delete or remove: the targets that the document is in no longer. */
  readonly removedTargetIds: number[] = [];
  hasReadTime = false;
  /** Of a delete or a remove: when the document was seen to be gone. */
  readonly readTime: Time = { seconds: 0, nanos: 0 };

  /**
   * Takes the message from `start` to `end`.
   * @throws {Failure} data, when it is malformed.
   */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.is = 'nothing';
    for (let at = start; at < end;) {
      const next = pastField(bytes, at, end);
      if (next < 0) throw malformed('a change is cut off or garbled');
      const kind = kinds[bytes[at] ?? 0];
      if (kind !== undefined) {
        if (this.is === kind) throw malformed('a change comes in several pieces');
        this.is = kind;
        this.start = pastVarint(bytes, at + 1, next);
        this.end = next;
      }
      at = next;
    }
    if (this.is === 'change' || this.is === 'delete' || this.is === 'remove') this.#document(bytes);
  }

  #document(bytes: Uint8Array): void {
    const isChange = this.is === 'change';
    const removedTag = this.is === 'remove' ? 0x10 : 0x30;
    let hasDocument = false;
    this.targetIds.length = 0;
    this.removedTargetIds.length = 0;
    this.nameStart = this.nameEnd = this.start;
    this.hasReadTime = false;
    this.readTime.seconds = 0;
    this.readTime.nanos = 0;
    for (let at = this.start; at < this.end;) {
      const next = pastField(bytes, at, this.end);
      if (next < 0) throw malformed('a change is cut off or garbled');
      const tag = bytes[at] ?? 0;
      if (tag === 0x0a && isChange) {
        if (hasDocument) throw malformed('a document comes in several pieces');
        hasDocument = true;
        this.documentStart = pastVarint(bytes, at + 1, next);
        this.documentEnd = next;
      } else if (tag === 0x0a) {
        this.nameStart = pastVarint(bytes, at + 1, next);
        this.nameEnd = next;
      } else if (isChange && (tag === 0x28 || tag === 0x2a)) {
        pushIds(bytes, at, next, this.targetIds);
      } else if (tag === removedTag || tag === removedTag + 2) {
        pushIds(bytes, at, next, this.removedTargetIds);
      } else if (!isChange && tag === 0x22) {
        this.hasReadTime = true;
        readTime(bytes, pastVarint(bytes, at + 1, next), next, this.readTime);
      }
      at = next;
    }
    if (isChange ? !hasDocument : this.nameStart === this.nameEnd) {
      throw malformed('a change is without its document');
    }
    if (!isTime(this.readTime)) throw malformed('a read time is outside the years 1 to 9999');
  }
}

/** What happened to targets. */
export interface TargetChange {
  readonly type: 'no-change' | 'add' | 'remove' | 'current' | 'reset';
  /** The targets that it happened to; none means all of the stream. */
  readonly targetIds: readonly number[];
  /** Why the targets were removed. */
  readonly cause?: RpcStatus;
  /** Where to resume: empty or absent when this is no point to resume from. */
  readonly resumeToken?: Uint8Array;
  readonly readTime?: Time;
}

/**
 * The `TargetChange` from `start` to `end`.
 * @throws {Failure} data, when it is malformed or of a type that is not known.
 */
export function readTargetChange(bytes: Uint8Array, start: number, end: number): TargetChange {
  const reader = new ProtoReader(bytes, start, end);
  const targetIds: number[] = [];
  let type = 0;
  let rest: Partial<TargetChange> = {};
  while (reader.next()) {
    if (reader.tag === 0x08) type = reader.int32();
    else if (reader.tag === 0x10 || reader.tag === 0x12) targetIds.push(...reader.int32s());
    else if (reader.tag === 0x1a) rest = { ...rest, cause: readStatus(reader.view()) };
    else if (reader.tag === 0x22) rest = { ...rest, resumeToken: reader.view().slice() };
    else if (reader.tag === 0x32) rest = { ...rest, readTime: readTimeIn(reader) };
  }
  const known = targetChangeTypes[type];
  if (known === undefined) throw malformed(`a change of targets is of the unknown type ${type}`);
  return { type: known, targetIds, ...rest };
}

/** How many documents a target has, which says whether some were lost. */
export interface ExistenceFilter {
  readonly targetId: number;
  readonly count: number;
  /** A bloom filter of the names that are left. */
  readonly unchangedNames?: {
    readonly bitmap: Uint8Array;
    readonly padding: number;
    readonly hashCount: number;
  };
}

/**
 * The `ExistenceFilter` from `start` to `end`.
 * @throws {Failure} data, when it is malformed.
 */
export function readExistenceFilter(
  bytes: Uint8Array,
  start: number,
  end: number,
): ExistenceFilter {
  const reader = new ProtoReader(bytes, start, end);
  const filter: { -readonly [K in keyof ExistenceFilter]: ExistenceFilter[K] } = {
    targetId: 0,
    count: 0,
  };
  while (reader.next()) {
    if (reader.tag === 0x08) filter.targetId = reader.int32();
    else if (reader.tag === 0x10) filter.count = reader.int32();
    else if (reader.tag === 0x1a) filter.unchangedNames = readBloomFilter(reader.message());
  }
  return filter;
}

function readBloomFilter(reader: ProtoReader): NonNullable<ExistenceFilter['unchangedNames']> {
  const filter = { bitmap: new Uint8Array(), padding: 0, hashCount: 0 };
  while (reader.next()) {
    if (reader.tag === 0x10) filter.hashCount = reader.int32();
    if (reader.tag !== 0x0a) continue;
    const bits = reader.message();
    while (bits.next()) {
      if (bits.tag === 0x0a) filter.bitmap = bits.view().slice();
      if (bits.tag === 0x10) filter.padding = bits.int32();
    }
  }
  return filter;
}

const kinds: (ListenResponse['is'] | undefined)[] = [];
kinds[0x12] = 'target-change';
kinds[0x1a] = 'change';
kinds[0x22] = 'delete';
kinds[0x2a] = 'filter';
kinds[0x32] = 'remove';

const targetChangeTypes = ['no-change', 'add', 'remove', 'current', 'reset'] as const;

/** The ids of the field from `at` to `end`, of which there is one, or several when they are packed. */
function pushIds(bytes: Uint8Array, at: number, end: number, ids: number[]): void {
  const isPacked = ((bytes[at] ?? 0) & 7) === 2;
  let p = isPacked ? pastVarint(bytes, at + 1, end) : at + 1;
  while (p < end) {
    const next = pastVarint(bytes, p, end);
    if (next < 0) throw malformed('a list of targets is cut off');
    // The longest are negative and not exact in a double.
    ids.push(next - p < 5 ? varintAt(bytes, p) : Number(BigInt.asIntN(32, bigVarintAt(bytes, p))));
    p = next;
  }
}
