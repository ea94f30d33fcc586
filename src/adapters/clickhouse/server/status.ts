const bad = [
  6, 10, 15, 16, 25, 26, 27, 36, 38, 41, 43, 44, 53, 62, 69, 72, 117, 167, 168, 321, 376, 427, 441, 675, 676,
];
const unknown = [46, 47, 50, 56, 60, 63, 73, 78, 81, 108, 115, 336, 511];
const forbidden = [192, 193, 497, 512, 516];

const statuses: ReadonlyMap<number, number> = new Map([
  ...bad.map((code): [number, number] => [code, 400]),
  ...unknown.map((code): [number, number] => [code, 404]),
  ...forbidden.map((code): [number, number] => [code, 403]),
  [48, 501],
  [76, 503],
  [159, 408],
  [194, 401],
  [209, 503],
  [381, 411],
  [439, 503],
  [635, 413],
]);

/**
 * HTTP status of an exception's code, as ClickHouse's server gives it (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp),
 * with one difference: what is refused as not for reading (164) is 403 and not 500, which a proxy would try again.
 */
export function statusOf(code: number): number {
  return code === 164 ? 403 : (statuses.get(code) ?? 500);
}
