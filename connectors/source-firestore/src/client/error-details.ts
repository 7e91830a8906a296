import { ProtoReader } from '../wire/protobuf.ts';

/** What a server adds to a status for programs. https://cloud.google.com/apis/design/errors#error_details */
export interface ErrorDetails {
  /** The reason of an `ErrorInfo`, such as `SERVICE_DISABLED`. */
  readonly reason?: string;
  /** The first link of a `Help`. */
  readonly link?: string;
  /** How long a `RetryInfo` asks to wait. */
  readonly retryAfterMs?: number;
}

/**
 * Reads the `google.rpc.Status` of `grpc-status-details-bin`.
 * @throws {Failure} data, when it is malformed.
 */
export function readErrorDetails(bytes: Uint8Array): ErrorDetails {
  const status = new ProtoReader(bytes);
  let details: ErrorDetails = {};
  while (status.next()) {
    if (status.tag === 0x1a) details = { ...detailIn(status.message()), ...details };
  }
  return details;
}

/** What one `google.protobuf.Any` holds, if it is of a kind that matters. */
function detailIn(any: ProtoReader): ErrorDetails {
  let type = '';
  let value: ProtoReader | undefined;
  while (any.next()) {
    if (any.tag === 0x0a) type = any.text();
    else if (any.tag === 0x12) value = any.message();
  }
  const read = readers[type.slice(type.lastIndexOf('/') + 1)];
  return value === undefined || read === undefined ? {} : read(value);
}

const readers: Readonly<Record<string, (value: ProtoReader) => ErrorDetails>> = {
  'google.rpc.ErrorInfo': (info) => {
    const reason = firstText(info, 0x0a);
    return reason === undefined ? {} : { reason };
  },
  'google.rpc.Help': (help) => {
    while (help.next()) {
      const link = help.tag === 0x0a ? firstText(help.message(), 0x12) : undefined;
      if (link !== undefined) return { link };
    }
    return {};
  },
  'google.rpc.RetryInfo': (info) => {
    let retryAfterMs = 0;
    while (info.next()) {
      if (info.tag !== 0x0a) continue;
      const delay = info.message();
      while (delay.next()) {
        if (delay.tag === 0x08) retryAfterMs += Number(delay.int64()) * 1000;
        else if (delay.tag === 0x10) retryAfterMs += delay.int32() / 1e6;
      }
    }
    return retryAfterMs > 0 ? { retryAfterMs } : {};
  },
};

function firstText(message: ProtoReader, tag: number): string | undefined {
  while (message.next()) if (message.tag === tag) return message.text();
  return undefined;
}
