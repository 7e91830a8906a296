/**
 * Where the fields of a record are in CSV as RFC 4180 has it: quotes are doubled within quotes, and a backslash is a
 * backslash. One object is used for field after field.
 */
export class CsvFields {
  bytes: Uint8Array = new Uint8Array();
  /** Where the next field begins. */
  at = 0;
  /** Whether nothing follows the bytes. */
  isLast = false;

  /** Where the content of the field is, without its quotes. */
  from = 0;
  to = 0;
  isQuoted = false;
  /** Whether it has doubled quotes. */
  isDoubled = false;
  /** Whether it has bytes that JSON escapes. */
  isSpecial = false;
  /** Whether it is the last one of its record. */
  endsRecord = false;

  /** Goes to the next field. False when its end is not among the bytes; `at` is then what it was. */
  next(): boolean {
    return this.bytes[this.at] === quote ? this.#quoted() : this.#plain();
  }

  #plain(): boolean {
    const { bytes } = this;
    const { length } = bytes;
    const from = this.at;
    let special = 0;
    let to = from;
    for (; to < length; to++) {
      const kind = kinds[bytes[to] ?? 0] ?? 0;
      if (kind > 1) break;
      special |= kind;
    }
    if (to === length && !this.isLast) return false;
    this.endsRecord = to === length || bytes[to] === lineFeed;
    this.at = to + 1;
    const isReturn = this.endsRecord && to > from && bytes[to - 1] === carriageReturn;
    this.from = from;
    this.to = isReturn ? to - 1 : to;
    this.isQuoted = false;
    this.isDoubled = false;
    this.isSpecial = special !== 0;
    return true;
  }

  #quoted(): boolean {
    const { bytes } = this;
    const { length } = bytes;
    const from = this.at + 1;
    let special = 0;
    let isDoubled = false;
    let to = from;
    for (; to < length; to++) {
      const byte = bytes[to] ?? 0;
      if (byte === quote) {
        if (bytes[to + 1] !== quote) break;
        isDoubled = true;
        to++;
      } else special |= kinds[byte] ?? 0;
    }
    if (to >= length) {
      if (this.isLast) throw new CsvError('quotes are not closed');
      return false;
    }
    const next = bytes[to + 1] === carriageReturn ? to + 2 : to + 1;
    // A quote, or what ends the record, may follow in what is to come.
    if (next >= length && !this.isLast) return false;
    if (next < length && bytes[next] !== comma && bytes[next] !== lineFeed) {
      throw new CsvError('something follows closed quotes');
    }
    this.endsRecord = next >= length || bytes[next] === lineFeed;
    this.at = next + 1;
    this.from = from;
    this.to = to;
    this.isQuoted = true;
    this.isDoubled = isDoubled;
    // Line breaks and commas are special only to the loop of fields without quotes.
    this.isSpecial = (special & 1) !== 0 || (special & 4) !== 0;
    return true;
  }

  /** The content as a text. */
  text(): string {
    const text = Buffer.from(this.bytes.subarray(this.from, this.to)).toString('utf8');
    return this.isDoubled ? text.replaceAll('""', '"') : text;
  }
}

/** Thrown for bytes that are no CSV. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const backslash = 0x5c;

/** Of each byte: 1 when JSON escapes it, 2 for a comma, 4 for a line feed, which JSON escapes too. */
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === comma) return 2;
  if (byte === lineFeed) return 4;
  return byte < 0x20 || byte === quote || byte === backslash ? 1 : 0;
});
