import type { z } from 'zod';

/** One key of the configuration. Its name in the file is its name here; dots are nested objects there. */
export interface KeySpec {
  readonly schema: z.ZodType;
  readonly description: string;
  /** How its value is written, for people; `json`, `list` and `number` also say how a variable is read. */
  readonly type: 'text' | 'path' | 'number' | 'size' | 'list' | 'json' | 'choice' | 'switch';
  /** What it may be, where the type does not say it. */
  readonly values?: string;
  /** Where alone it can be set; in the file and in the environment unless given. */
  readonly only?: 'file' | 'environment';
  /** Fields of its entries, where it is a list of objects. */
  readonly fields?: readonly string[];
  readonly secret?: true;
}
