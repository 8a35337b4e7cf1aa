"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Loader } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { useRetry } from "../recipients/useRetry.ts";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { CauseTable } from "./CauseTable.tsx";
import { useCauses } from "./useCauses.ts";

interface Props {
  readonly order: Order;
  /** Name of an earlier mailing: its mails are not sent again. */
  readonly mailing: string | undefined;
  readonly countedAt: string;
}

/** Why mails failed, cause by cause; the mails of one can be sent again without the others. */
export function FailureCauses({ order, mailing, countedAt }: Props) {
  const { data, error } = useCauses(order.id, "failed", mailing, countedAt);
  const { retry, busy, problem, blocked } = useRetry(order);
  const mayRetry = mayWrite(useViewer()) && mailing === undefined && blocked === undefined;
  if (error) return <Problem title="The causes could not be read" error={error} />;
  if (!data) return <Loader size="xs" role="status" aria-label="Reading why mails failed" />;
  return (
    <>
      <CauseTable
        title="Why mails failed"
        causes={data}
        noReply="No mail server replied"
        action={
          mayRetry
            ? { words: "Retry these…", busy, onChoose: ({ cause }) => void retry({ filter: { cause } }) }
            : undefined
        }
      />
      {problem !== undefined && <Problem title="The mails could not be selected" error={problem} />}
    </>
  );
}
