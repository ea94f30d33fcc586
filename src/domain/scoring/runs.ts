/**
 * Whether a character may stand so often in a row; false only where none does. A quick look before slower work: of
 * characters beyond the 16 bits of a unit it only sees that there are some.
 */
export function mayRepeat(text: string, times: number): boolean {
  let run = 0;
  let last = -1;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    run = unit === last ? run + 1 : 1;
    if (run === times || (unit & 0xf800) === 0xd800) return true;
    last = unit;
  }
  return false;
}
