// The bits of `ValueClass` in `src/shape.ts`.

export const NULL: i32 = 1 << 0;
export const BOOLEAN: i32 = 1 << 1;
export const SAFE_INTEGER: i32 = 1 << 2;
export const LONG_INTEGER: i32 = 1 << 3;
export const WIDE_INTEGER: i32 = 1 << 4;
export const DOUBLE: i32 = 1 << 5;
export const DECIMAL: i32 = 1 << 6;
export const WILD_NUMBER: i32 = 1 << 7;
export const STRING: i32 = 1 << 8;
export const DATE: i32 = 1 << 9;
export const DATE_TIME: i32 = 1 << 10;
export const UUID: i32 = 1 << 11;
export const OBJECT: i32 = 1 << 12;
export const ARRAY: i32 = 1 << 13;
