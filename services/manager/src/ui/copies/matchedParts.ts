/**
 * For each part of an event the part of the other event that gets its orders: that of the same name, ignoring case, or the
 * only one where both have one; blank where there is none, to be chosen by hand.
 */
export function matchedParts(from: readonly string[], to: readonly string[]): Record<string, string> {
  const match = (part: string) => {
    if (from.length === 1 && to.length === 1) return to[0];
    return to.find((one) => one === part) ?? to.find((one) => one.toLowerCase() === part.toLowerCase());
  };
  return Object.fromEntries(from.map((part) => [part, match(part) ?? ""]));
}
