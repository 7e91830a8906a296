/** Whether the number literal from `start` to `end` has the same value when parsed and printed as a double. */
export declare function survivesDouble(start: usize, end: usize): i32;
/** The double that is nearest to the number literal from `start` to `end`, NaN when it is none. */
export declare function parseDouble(start: usize, end: usize): f64;
