/**
 * Members that records of a stream with a key have beside those of their document: the order of
 * the changes, and when a row was deleted. Destinations that keep one row per key go by them.
 */
export const changeFields = {
  /** Grows from record to record, also from one sync to the next. */
  cursor: '_ab_cdc_cursor',
  /** When the source was heard to have deleted the row; not there in any other record. */
  deletedAt: '_ab_cdc_deleted_at',
} as const;

/** The schemas of the {@link changeFields}. */
export const changeFieldSchemas = {
  [changeFields.cursor]: { type: ['null', 'integer'] },
  [changeFields.deletedAt]: {
    type: ['null', 'string'],
    format: 'date-time',
    airbyte_type: 'timestamp_with_timezone',
  },
} as const;
