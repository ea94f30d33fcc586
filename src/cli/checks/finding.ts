/** What a check found. `warn` works but is worth knowing; `fail` stops something that is needed. */
export interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do about it; absent when all is well. */
  readonly todo?: string;
}

export const ok = (name: string, found: string): Finding => ({ name, status: 'ok', found });
export const warn = (name: string, found: string, todo: string): Finding => ({ name, status: 'warn', found, todo });
export const fail = (name: string, found: string, todo: string): Finding => ({ name, status: 'fail', found, todo });
