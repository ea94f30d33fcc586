/** An answer in ClickHouse's own terms: its code and the name of the code. */
export class SqlException extends Error {
  readonly code: number;
  readonly type: string;

  constructor(code: number, type: string, message: string) {
    super(message);
    this.name = 'SqlException';
    this.code = code;
    this.type = type;
  }
}

/** Refused by the gate: something that a reader may not use. */
export const accessDenied = (what: string): SqlException =>
  new SqlException(497, 'ACCESS_DENIED', `cliptide: Not enough privileges. ${what}.`);

/** Refused by the gate: a statement or setting that is not for reading. */
export const readonlyMode = (what: string): SqlException =>
  new SqlException(164, 'READONLY', `cliptide: ${what} in readonly mode.`);
