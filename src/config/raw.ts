/** A value as it was found, before it is checked. */
export interface RawValue {
  readonly value: unknown;
  /** The file or the variable. */
  readonly where: string;
  /** Folder that relative paths in it are resolved against. */
  readonly folder: string;
}
