/** Whether the number literal from `start` to `end` has the same value when parsed and printed as a double. */
export declare function survivesDouble(start: usize, end: usize): i32;
