/** A JSON value as an object in memory: settings and states, never documents. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
