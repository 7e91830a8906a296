import { constants, type IncomingHttpHeaders } from 'node:http2';
import { decodeGrpcMessage } from './grpc-message.ts';
import { GrpcError } from './grpc-error.ts';
import { fromBase64, fromHeaders } from './metadata.ts';
import { parseStatus, Status } from './status.ts';

/** What is wrong with the headers of an answer that are not gRPC's, or nothing. */
export function refusalOf(headers: IncomingHttpHeaders): GrpcError | undefined {
  const httpStatus = Number(headers[':status']);
  if (httpStatus !== 200) {
    const code = byHttpStatus[httpStatus] ?? Status.UNKNOWN;
    return new GrpcError(code, `the server answered with HTTP status ${httpStatus}`);
  }
  const contentType = headers['content-type'] ?? '';
  if (!/^application\/grpc(?:$|[+;])/.test(contentType)) {
    return new GrpcError(Status.UNKNOWN, `the answer is no gRPC but "${contentType}"`);
  }
  return undefined;
}

/** The error that trailers tell of, or nothing for `OK`. */
export function errorInTrailers(headers: IncomingHttpHeaders): GrpcError | undefined {
  const status = single(headers['grpc-status']);
  if (status === undefined) {
    return new GrpcError(Status.INTERNAL, 'the answer ended without a status');
  }
  const code = parseStatus(status);
  if (code === Status.OK) return undefined;
  const details = single(headers['grpc-status-details-bin']);
  return new GrpcError(code, decodeGrpcMessage(single(headers['grpc-message']) ?? ''), {
    metadata: fromHeaders(headers),
    ...(details === undefined ? {} : { statusDetails: fromBase64(details) }),
  });
}

/** What a stream means that the peer reset with `code`. */
export function errorOfReset(code: number): GrpcError {
  const safeToRetry = code === constants.NGHTTP2_REFUSED_STREAM;
  const status = byReset[code] ?? Status.INTERNAL;
  const name = resetNames[code] ?? String(code);
  return new GrpcError(status, `the server reset the stream with ${name}`, { safeToRetry });
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'object' ? value[0] : value;
}

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
const byHttpStatus: Readonly<Record<number, Status>> = {
  400: Status.INTERNAL,
  401: Status.UNAUTHENTICATED,
  403: Status.PERMISSION_DENIED,
  404: Status.UNIMPLEMENTED,
  429: Status.UNAVAILABLE,
  502: Status.UNAVAILABLE,
  503: Status.UNAVAILABLE,
  504: Status.UNAVAILABLE,
};

/** https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, "Errors" */
const byReset: Readonly<Record<number, Status>> = {
  [constants.NGHTTP2_REFUSED_STREAM]: Status.UNAVAILABLE,
  [constants.NGHTTP2_CANCEL]: Status.CANCELLED,
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: Status.RESOURCE_EXHAUSTED,
  [constants.NGHTTP2_INADEQUATE_SECURITY]: Status.PERMISSION_DENIED,
};

const resetNames = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
