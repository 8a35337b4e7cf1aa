/** How late a message may begin after its turn without counting as another. */
export const lateMilliseconds = 25;

/**
 * Milliseconds between the turns of two messages of an account. The limiter and the forecast share it. From one a second
 * on, `rate` + 1 turns span a second and the time by which a message may be late, so that no second, wherever it begins,
 * holds more than the rate. A slower account has at most one message in `1 / rate` seconds by the same rule. The loss is
 * at most `late` / (1 s + `late`): 2.4 %.
 */
export function messageSpacing(ratePerSecond: number, late = lateMilliseconds): number {
  return 1000 / ratePerSecond + late / Math.max(1, ratePerSecond);
}
