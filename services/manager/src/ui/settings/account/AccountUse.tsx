import { groupTitle } from "@email-agent/shared/domain/delivery/receivingGroups.ts";
import { rateWords } from "@email-agent/shared/domain/delivery/waiting.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Anchor, List, Progress, Text, Title } from "@mantine/core";
import Link from "next/link";
import { useEffect } from "react";
import type { AccountState } from "../../../api/account.ts";
import { Moment } from "../../shell/Moment.tsx";
import { useAccountRequest } from "./useAccountRequest.ts";

/** What was sent in the last 24 hours, who sends now, and whether the senders themselves wait. */
export function AccountUse({ state, address }: { readonly state: AccountState; readonly address: string }) {
  const { used, quotaPer24h, warmUp, slowed, sending, otherSends, returned, returnAccepted } = state;
  const { report, problem, isWaiting, start } = useAccountRequest(address);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each account
  useEffect(() => {
    void start({ kind: "state" });
  }, [address]);
  const percent = quotaPer24h > 0 ? Math.min(100, (100 * used) / quotaPer24h) : 0;
  return (
    <section aria-label="Use">
      <Title order={2} size="h5" mb="xs">
        Use
      </Title>
      <Text size="sm">
        {count(used)} of {count(quotaPer24h)} mails in the last 24 hours
      </Text>
      {warmUp && <Text size="sm">{warmUpWords(warmUp)}</Text>}
      {slowed.map(({ group, perSecond, raisedAt, asBeforeAt }) => (
        <Text key={group} size="sm" style={{ overflowWrap: "anywhere" }}>
          <bdi>{groupTitle(group)}</bdi> asked to send more slowly: it gets {rateWords(perSecond)}, more from{" "}
          <Moment at={raisedAt} /> on, and as before from <Moment at={asBeforeAt} /> on if it does not ask again.
        </Text>
      ))}
      <Progress value={percent} aria-label="Share of the quota that is used" mt={4} mb="xs" maw={360} />
      <Text size="sm" c={returned.verdict === "in-order" ? undefined : "red"} style={{ overflowWrap: "anywhere" }}>
        {returnedWords(returned)}
      </Text>
      {returnAccepted && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          <bdi>{returnAccepted.by}</bdi> lets it go on for a week, since <Moment at={returnAccepted.at} />:{" "}
          <bdi>{returnAccepted.reason}</bdi>
        </Text>
      )}
      <Text size="sm" role="status">
        {report?.pause ? (
          <>
            The senders wait until <Moment at={report.pause.until} />, because <bdi>{report.pause.because}</bdi>.
          </>
        ) : report?.status === "done" ? (
          "The senders have no reason to wait with it."
        ) : problem !== undefined || isWaiting ? (
          "No sender said whether it waits: see whether the senders are running."
        ) : (
          "Asking the senders …"
        )}
      </Text>
      {sending.length + otherSends === 0 && <Text size="sm">No work order sends with it now.</Text>}
      {sending.length > 0 && (
        <>
          <Text size="sm" mt="xs">
            Sending with it now:
          </Text>
          <List size="sm">
            {sending.map(({ id, title }) => (
              <List.Item key={id} style={{ overflowWrap: "anywhere" }}>
                <Anchor component={Link} href={`/work-orders/${id}`} size="sm">
                  {title}
                </Anchor>
              </List.Item>
            ))}
          </List>
        </>
      )}
      {otherSends > 0 && (
        <Text size="sm">
          {count(otherSends)} of events you have no access to {otherSends === 1 ? "sends" : "send"} with it now.
        </Text>
      )}
    </section>
  );
}

/** Which day of the warm-up it is, and what follows. */
function warmUpWords({ day, days, quotaAfter }: NonNullable<AccountState["warmUp"]>): string {
  const tomorrow = days[day] ?? quotaAfter;
  return `Warm-up: day ${day} of ${days.length}. Tomorrow the quota is ${count(Math.min(tomorrow, quotaAfter))}, and ${count(quotaAfter)} behind the last day.`;
}

function returnedWords({ used, hard, soft, complained, verdict }: AccountState["returned"]): string {
  if (used === 0) return "No mail in the last 90 days.";
  const ending = verdict === "in-order" ? "" : " That is too much.";
  return `Of the last ${count(used)} mails ${count(hard)} bounced hard, ${count(soft)} bounced soft, and ${count(complained)} ${complained === 1 ? "was" : "were"} marked as spam.${ending}`;
}
