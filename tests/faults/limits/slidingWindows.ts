/** Most instants (ms) in any window of this length, wherever it begins; a window holds its begin and not its end. */
export function mostInWindow(instants: readonly number[], windowMilliseconds: number): number {
  const sorted = [...instants].sort((one, other) => one - other);
  let [most, from] = [0, 0];
  for (const [at, instant] of sorted.entries()) {
    while (instant - (sorted[from] ?? 0) >= windowMilliseconds) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
}
