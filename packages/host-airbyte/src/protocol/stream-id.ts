/** What identifies a stream in messages. */
export interface StreamDescriptor {
  readonly name: string;
  readonly namespace?: string;
}

/** One text for each descriptor. A stream without a namespace and one with an empty one are the same. */
export function streamId({
  name,
  namespace,
}: {
  name: string;
  namespace?: string | null | undefined;
}): string {
  return namespace === undefined || namespace === null || namespace === ''
    ? name
    : JSON.stringify([namespace, name]);
}

/** A descriptor as it is written: without a namespace that is not there. */
export function describeStream(stream: {
  name: string;
  namespace?: string | null | undefined;
}): StreamDescriptor {
  const { name, namespace } = stream;
  return namespace === undefined || namespace === null ? { name } : { name, namespace };
}

/** The stream as users know it, for messages to them. */
export function nameStream({ name, namespace }: StreamDescriptor): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}
