"use client";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { Anchor, Button, Card, Group, Loader, Stack, Text, Title } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import type { Order } from "../../api/orders.ts";
import type { OrderReconciliation } from "../../api/recipients.ts";
import { BulkResolutions } from "../doubts/BulkResolutions.tsx";
import { DoubtCauses } from "../doubts/DoubtCauses.tsx";
import { FailureCauses } from "../doubts/FailureCauses.tsx";
import { openList } from "../recipients/listAddress.ts";
import { MailingSelect } from "../recipients/MailingSelect.tsx";
import { ReconciliationTable } from "../recipients/ReconciliationTable.tsx";
import { RetryFailed } from "../recipients/RetryFailed.tsx";
import { ReturnedTable } from "../recipients/ReturnedTable.tsx";
import { useReconciliation } from "../recipients/useReconciliation.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Moment } from "../shell/Moment.tsx";
import { Problem } from "../shell/Problem.tsx";

/** Up to this many mails the ledger is counted automatically: every count reads each delivery. */
const countedUnasked = 20_000;

/**
 * After Send: who got the mailing, who did not and why, and what to do about it. While Send works, and for a large
 * ledger, the count runs only on request: the numbers change meanwhile, or reading them all is expensive.
 */
export function Reconciliation({ order }: { readonly order: Order }) {
  const { runId, status, counters } = order.steps.Send;
  const [askedOf, setAskedOf] = useState<string>();
  const [chosen, setChosen] = useState<string>();
  const [current, ...earlier] = mailingsOf(order);
  // A new revision has no numbers before its first run: the mailing before it is shown.
  const first = current.hasBegun ? undefined : earlier[0];
  const shown = chosen === undefined ? first : earlier.find(({ name }) => name === chosen);
  const mailing = shown?.name;
  const isWorking = status === "working" && mailing === undefined;
  const onRequest = mailing !== undefined || isWorking || (counters?.total ?? 0) > countedUnasked;
  const asked = mailing ?? (current.hasBegun ? runId : undefined);
  const { data, error, isValidating, mutate } = useReconciliation(
    order,
    asked !== undefined && (!onRequest || askedOf === asked),
    mailing,
  );
  if (asked === undefined && earlier.length === 0) return undefined;
  return (
    <Card withBorder component="section" aria-labelledby="reconciliation-title" p={{ base: "sm", sm: "lg" }}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2} size="h4" id="reconciliation-title">
              Reconciliation
            </Title>
            <Text size="sm" c="dimmed" role="status">
              {data ? (
                <>
                  Counted from the deliveries, <Moment at={data.countedAt} />
                </>
              ) : asked === undefined ? (
                "This mailing has not been sent yet."
              ) : isWorking ? (
                "Send is running. The deliveries are counted when it ends."
              ) : (
                "Who got this mailing, and who did not."
              )}
            </Text>
          </div>
          {asked !== undefined && (
            <BusyButton
              size="compact-sm"
              variant="default"
              busy={isValidating}
              onClick={() => (onRequest && askedOf !== asked ? setAskedOf(asked) : void mutate())}
            >
              {data ? "Count again" : "Count now"}
            </BusyButton>
          )}
        </Group>
        <MailingSelect order={order} mailing={mailing} onChange={({ name }) => setChosen(name)} />
        {error !== undefined && (
          <Problem title="The deliveries could not be counted" error={error} retry={() => void mutate()} />
        )}
        {!data && isValidating && (
          <Group gap="xs">
            <Loader size="xs" /> <Text size="sm">Counting the deliveries…</Text>
          </Group>
        )}
        {data && <Counted order={order} mailing={mailing} data={data} />}
        {(mailing !== undefined || current.hasBegun) && <ReturnedTable order={order} mailing={mailing} />}
      </Stack>
    </Card>
  );
}

function Counted({
  order,
  mailing,
  data,
}: {
  readonly order: Order;
  readonly mailing: string | undefined;
  readonly data: OrderReconciliation;
}) {
  const sum = (of: (language: OrderReconciliation["languages"][number]) => number) =>
    data.languages.reduce((all, language) => all + of(language), 0);
  const failed = sum((language) => language.failed);
  const notBegun = sum((language) => language.notBegun);
  const unreached = failed + notBegun + sum(({ waiting }) => waiting);
  const inDoubt = sum((language) => language.inDoubt);
  const doubtful = data.languages.find((language) => language.inDoubt > 0);
  return (
    <>
      <ReconciliationTable languages={data.languages} mailing={mailing} />
      <Anchor component={Link} href="/glossary#reconciliation" size="xs" style={{ alignSelf: "flex-start" }}>
        What do these words mean?
      </Anchor>
      {data.languages
        .filter(({ explanation }) => explanation !== undefined)
        .map(({ language, explanation }) => (
          <Text key={language} size="sm">
            <b>{language}</b>: {explanation}
          </Text>
        ))}
      {(unreached > 0 || doubtful) && (
        <Group align="flex-start" gap="xl">
          {unreached > 0 && mailing === undefined && (
            <RetryFailed order={order} notBegun={notBegun} countedAt={data.countedAt} />
          )}
          {doubtful && (
            <Stack gap={4} align="flex-start" maw={420}>
              <Button
                variant="default"
                onClick={() =>
                  openList({
                    list: "send",
                    ...(mailing !== undefined && { mailing }),
                    language: doubtful.language,
                    status: "in-doubt",
                  })
                }
              >
                Resolve {counted(inDoubt, "mail", "mails")} in doubt
              </Button>
              <Text size="xs" c="dimmed">
                These may or may not have arrived. They are not sent again unless a user resolves them as not received.
              </Text>
            </Stack>
          )}
        </Group>
      )}
      {failed > 0 && <FailureCauses order={order} mailing={mailing} countedAt={data.countedAt} />}
      {doubtful && <DoubtCauses order={order} mailing={mailing} countedAt={data.countedAt} />}
      <BulkResolutions order={order} mailing={mailing} />
      {failed > 0 && mailing === undefined && (
        <Text size="xs" c="dimmed">
          If you start Send, it retries all failed and waiting mails. Passes that start by themselves leave out mails
          that failed permanently. An address that does not exist is not tried again until it changes.
        </Text>
      )}
    </>
  );
}
