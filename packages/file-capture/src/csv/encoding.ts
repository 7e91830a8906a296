export interface DetectedEncoding {
  readonly encoding: string;
  readonly from: 'setting' | 'byte-order mark' | 'content' | 'guess';
}
export declare function detectEncoding(sample: Uint8Array, setting?: string): DetectedEncoding;
export declare function transcode(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<Uint8Array>;
