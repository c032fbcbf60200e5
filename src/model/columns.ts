/** What a parser says of the columns of its rows: which of its native fields a column holds as they are. */

/** Columns of the events table that may hold the text of a native field. */
type FieldColumn =
  | 'channel'
  | 'event_code'
  | 'host'
  | 'src_ip'
  | 'dst_ip'
  | 'process'
  | 'command_line'
  | 'parent_process'
  | 'file';

/**
 * Of rows with this logsource, channel and event id: a column that is not empty is the text of the field, which
 * is a string or a number, to the character. An empty column says nothing.
 */
export interface ColumnLayout {
  /** All of what the columns of that name say; '' where they say nothing. */
  readonly logsource: { readonly product: string; readonly service: string; readonly category: string };
  /** In any case. */
  readonly channel: string;
  /** As `event_code` has them. */
  readonly codes: readonly string[];
  readonly fields: Readonly<Record<string, FieldColumn>>;
}
