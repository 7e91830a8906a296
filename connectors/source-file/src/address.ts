import type { Address, Json } from '@fairlead/sdk';

/** A path or pattern, by itself or after `file:`. */
export const fileAddress: Address = {
  schemes: ['file'],
  parse: (address): Json => ({ paths: pathOf(address) }),
};

/** `file:///a%20b` is a URL; behind `file:` alone is a path as it is. */
function pathOf(address: string): string {
  const url = /^file:\/\/(?:localhost)?(?=\/)(.*)$/s.exec(address)?.[1];
  if (url !== undefined) return decoded(url);
  return address.replace(/^file:(?:\/\/)?/, '');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A percent sign that begins no escape is meant as it is.
    return path;
  }
}
