/** The page of the report of an event. */
export function reportAddress(code: string): string {
  return `/reports/${encodeURIComponent(code)}`;
}
