/** The address of the page of a person. */
export function personAddress(id: string): string {
  return `/people/${encodeURIComponent(id)}`;
}
