/** A file that describes a connector to a platform. */
export interface ExportedFile {
  /** Relative, with `/` between folders. */
  readonly path: string;
  readonly text: string;
}
