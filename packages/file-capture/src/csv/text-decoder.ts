/** Decodes a file piece by piece. A character may be cut by the end of a piece. */
export interface PieceDecoder {
  /** Throws when the bytes so far are broken, or when they end in a character and none follow. */
  decode(piece: Uint8Array, options: { readonly stream: boolean }): string;
}

/** The name of an encoding, from any of its labels. @throws {RangeError} when there is none. */
export function encodingName(label: string): string {
  const wanted = label.trim().toLowerCase();
  if (/^(?:iso[-_]?8859[-_]?16|latin-?10|l10)$/.test(wanted)) return 'iso-8859-16';
  try {
    return new TextDecoder(wanted).encoding.toLowerCase();
  } catch {
    throw new RangeError(`there is no encoding ${JSON.stringify(label)}`);
  }
}

/** A decoder for an encoding of {@link encodingName}. It drops a byte-order mark. */
export function pieceDecoder(encoding: string): PieceDecoder {
  const table = latinTables[encoding];
  if (table === undefined) return new TextDecoder(encoding, { fatal: true });
  return {
    decode: (piece) =>
      Buffer.from(piece.buffer, piece.byteOffset, piece.length)
        .toString('latin1')
        .replace(table.differs, (character) => table.text[character.charCodeAt(0) - 128] ?? ''),
  };
}

interface LatinTable {
  readonly differs: RegExp;
  /** What 0x80 to 0xFF stand for. */
  readonly text: string;
}

const c1 = String.fromCharCode(...Array.from({ length: 32 }, (_, i) => 128 + i));
const latin1 = String.fromCharCode(...Array.from({ length: 96 }, (_, i) => 160 + i));

/**
 * Encodings that `TextDecoder` of Node 20 gets wrong (it takes windows-1252 for ISO-8859-1) or
 * does not know. https://encoding.spec.whatwg.org/#legacy-single-byte-encodings
 */
const latinTables: Readonly<Record<string, LatinTable>> = {
  'windows-1252': {
    differs: /[\x80-\x9f]/g,
    text: `€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ${latin1}`,
  },
  'iso-8859-16': {
    differs: /[\xa0-\xff]/g,
    text:
      `${c1}\xa0ĄąŁ€„Š§š©Ș«Ź\xadźŻ°±ČłŽ”¶·žčș»ŒœŸż` +
      'ÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ',
  },
};
