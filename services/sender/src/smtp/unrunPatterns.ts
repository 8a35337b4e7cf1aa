import type { Account } from "@email-agent/shared/domain/account.ts";
import { replyPattern } from "@email-agent/shared/domain/delivery/replies/replyPattern.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";

/**
 * Reports the patterns of an account that are not run on replies, as an account written before the rule may have them: each
 * once in a process.
 */
export function unrunPatterns(log: Pick<Log, "warn">): (account: Pick<Account, "name" | "dailyLimitTexts">) => void {
  const reported = new Set<string>();
  return ({ name, dailyLimitTexts }) => {
    for (const pattern of dailyLimitTexts) {
      const known = JSON.stringify([name, pattern]);
      if (reported.has(known) || replyPattern(pattern)) continue;
      reported.add(known);
      log.warn(
        { account: name, pattern: pattern.slice(0, 200) },
        "a pattern of the account's dailyLimitTexts could take very long and is not run: write it shorter in Settings",
      );
    }
  };
}
