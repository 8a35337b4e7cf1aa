/** How late a message may begin after its rate slot and still use it. */
export const lateMilliseconds = 25;

/**
 * Rate limit of an account: milliseconds between the slots of two messages, shared by limiter and forecast. From one a
 * second on, `rate` + 1 slots span a second plus the allowed lateness, so that no sliding second, wherever it begins,
 * holds more than the rate. A slower account has at most one message in `1 / rate` seconds by the same rule. The loss is
 * at most `late` / (1 s + `late`): 2.4 %.
 */
export function messageSpacing(ratePerSecond: number, late = lateMilliseconds): number {
  return 1000 / ratePerSecond + late / Math.max(1, ratePerSecond);
}
