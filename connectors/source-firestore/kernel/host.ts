/** Writes `value` at `address` as ECMAScript prints it, and answers how many bytes that are: at most 32. */
export declare function printDouble(value: f64, address: usize): i32;
