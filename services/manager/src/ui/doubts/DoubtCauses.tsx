"use client";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { Loader } from "@mantine/core";
import { useState } from "react";
import { useSWRConfig } from "swr";
import type { MailCauses } from "../../api/doubts.ts";
import type { Order } from "../../api/orders.ts";
import { later } from "../shell/later.tsx";
import { Problem } from "../shell/Problem.tsx";
import { useViewer } from "../shell/useShellFacts.ts";
import { CauseTable } from "./CauseTable.tsx";
import { isOfDoubts, useCauses } from "./useCauses.ts";

const ResolveManyDialog = later(() => import("./ResolveManyDialog.tsx").then((module) => module.ResolveManyDialog));

interface Props {
  readonly order: Order;
  /** Name of an earlier mailing. */
  readonly mailing: string | undefined;
  /** When the ledger was counted: each count looks for the causes again. */
  readonly countedAt: string;
}

type Chosen = Pick<MailCauses["causes"][number], "cause" | "mails">;

/** Why mails are in doubt, cause by cause; all mails of one can be resolved at once. */
export function DoubtCauses({ order, mailing, countedAt }: Props) {
  const { data, error } = useCauses(order.id, "in-doubt", mailing, countedAt);
  const { mutate } = useSWRConfig();
  const [chosen, setChosen] = useState<Chosen>();
  const mayResolve = mayWrite(useViewer());
  if (error) return <Problem title="The causes could not be read" error={error} />;
  if (!data) return <Loader size="xs" role="status" aria-label="Reading why mails are in doubt" />;
  return (
    <>
      <CauseTable
        title="Why mails are in doubt"
        causes={data}
        noReply="The sender was lost before a reply could be recorded"
        action={mayResolve ? { words: "Resolve these…", onChoose: setChosen } : undefined}
      />
      {chosen && (
        <ResolveManyDialog
          orderId={order.id}
          mailing={mailing}
          doubts={{ filter: { cause: chosen.cause }, most: chosen.mails }}
          onDone={() => {
            setChosen(undefined);
            void mutate((key) => isOfDoubts(key, order.id));
          }}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  );
}
