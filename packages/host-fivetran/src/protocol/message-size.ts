/** The largest message that Fivetran sends and takes, 128 MiB. */
export const mostMessageBytes = 128 * 1024 * 1024;
