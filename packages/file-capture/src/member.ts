/** The member that every document gets first: the file it is from, and its number there. */
export interface FileMember {
  readonly name: string;
  /** JSON of its value before the running number. */
  readonly before: Uint8Array;
  /** JSON of its value after the running number. */
  readonly after: Uint8Array;
  /** The number of the next record, counted from 0. */
  readonly first: number;
}

/** `"_meta":{"file":"a.csv","offset":7}` for the document `first` of `path`, and so on upwards. */
export function fileMember(name: string, path: string, first: number): FileMember {
  const encode = (text: string) => new TextEncoder().encode(text);
  return {
    name,
    before: encode(`{"file":${JSON.stringify(path)},"offset":`),
    after: encode('}'),
    first,
  };
}

/** JSON pointers of the key of documents that have such a member. */
export function memberKey(name: string): readonly string[] {
  const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return [`/${escaped}/file`, `/${escaped}/offset`];
}
