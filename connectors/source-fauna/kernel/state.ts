// What all parts of the kernel share.

/** Where the input goes on after what the last function has written. */
export let read: usize = 0;

export function readTo(p: usize): void {
  read = p;
}

/** Texts in 32 bytes each, of which the first is the length; what they are says `src/wire/kernel.ts`. */
export let texts: usize = 0;
/** 64 bytes for a name without its escapes. */
export let scratch: usize = 0;
/** 64 bytes for what is known of a reference. */
export let parts: usize = 0;
/** A byte for each level that {@link LEVELS} allows: of what is written, and of what is passed over. */
export let openFrames: usize = 0;
export let passedFrames: usize = 0;

export function setMemory(
  textsAt: usize,
  scratchAt: usize,
  partsAt: usize,
  openFramesAt: usize,
  passedFramesAt: usize,
): void {
  texts = textsAt;
  scratch = scratchAt;
  parts = partsAt;
  openFrames = openFramesAt;
  passedFrames = passedFramesAt;
}

/** Whether tags are those of FQL v10, and whether bytes are written in the URL-safe alphabet. */
export let isFql: bool = false;
export let isUrlSafe: bool = false;

export function setDialect(fql: bool, urlSafe: bool): void {
  isFql = fql;
  isUrlSafe = urlSafe;
}

/** Arrays and objects within each other. */
export const LEVELS: usize = 65_536;

// What may be wrong with an answer that is valid JSON; the numbers are those of `src/wire/page-failure.ts`.
export const NO_PAGE: i32 = 20;
export const NO_ROW: i32 = 21;
export const NO_REF: i32 = 22;
export const NO_TS: i32 = 23;
export const TOO_DEEP: i32 = 24;
export const NO_EVENT: i32 = 25;

export const QUOTE: u32 = 34;
export const COMMA: u32 = 44;
export const COLON: u32 = 58;
export const OPEN_BRACKET: u32 = 91;
export const CLOSE_BRACKET: u32 = 93;
export const OPEN_BRACE: u32 = 123;
export const CLOSE_BRACE: u32 = 125;
