"use client";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { Anchor, Group, Skeleton, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { useState } from "react";
import useSWR from "swr";
import type { CopyPlace, CopyRow, EventCopy } from "../../api/copies.ts";
import { call } from "../http.ts";
import { useLive } from "../live/useLive.ts";
import { OrderLink, OrderWords } from "../order/OrderWords.tsx";
import { BusyButton } from "../shell/BusyButton.tsx";
import { Problem } from "../shell/Problem.tsx";
import { Sign } from "../shell/Sign.tsx";
import table from "../shell/Table.module.css";
import styles from "./CopyEvent.module.css";
import { copyWords, numberOf, outcomeLooks } from "./copyWords.ts";

const copy = (place: CopyPlace, isPreview: boolean) =>
  call<EventCopy>("POST", "/api/event-copies", { ...place, isPreview });

/** What would be created, and after the button was pressed what was. */
export function CopyTable({ place }: { readonly place: CopyPlace }) {
  const { reload } = useLive();
  const [done, setDone] = useState<EventCopy>();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const preview = useSWR(["event-copies", JSON.stringify(place)], () => copy(place, true), {
    revalidateOnFocus: done === undefined,
  });

  const create = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setDone(await copy(place, false));
    } catch (error) {
      // What was created before it broke off is there: the preview shows it.
      setProblem(error);
      void preview.mutate();
    }
    reload();
    setBusy(false);
  };
  const shown = done ?? preview.data;
  if (!shown && preview.error)
    return (
      <Problem
        title="It could not be found out what would be created"
        error={preview.error}
        retry={() => void preview.mutate()}
      />
    );
  if (!shown) return <Skeleton h={200} role="status" aria-label="Finding out what would be created" />;
  const creates = numberOf(shown.rows, "creates");
  return (
    <Stack gap="md">
      {problem !== undefined && <Problem title="Not everything was created" error={problem} />}
      <Text size="sm" fw={600} role="status">
        {copyWords(shown.rows)}
      </Text>
      <Rows rows={shown.rows} place={place} />
      <Group gap="sm">
        {creates > 0 ? (
          <BusyButton busy={isBusy} onClick={() => void create()}>
            {`Create ${counted(creates, "work order", "work orders")}`}
          </BusyButton>
        ) : (
          <Anchor component={Link} href="/" size="sm">
            Go to the work orders
          </Anchor>
        )}
      </Group>
    </Stack>
  );
}

function Rows({ rows, place }: { readonly rows: readonly CopyRow[]; readonly place: CopyPlace }) {
  return (
    <table className={`${table.table} ${table.stacks}`} aria-label={`From ${place.from} to ${place.to}`}>
      <thead>
        <tr>
          <th scope="col">Work order</th>
          <th scope="col">Part there</th>
          <th scope="col">Result</th>
          <th scope="col">What to know</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.from}>
            <th scope="row">
              <OrderLink id={row.from} />
            </th>
            <td data-label="Part there">{row.target ?? "–"}</td>
            <td>
              <Sign look={outcomeLooks[row.outcome]} />
            </td>
            <td className={styles.notes}>
              <Notes row={row} place={place} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Notes({
  row: { from, id, target, outcome, reasons, notes },
  place,
}: {
  readonly row: CopyRow;
  readonly place: CopyPlace;
}) {
  const byHand = `/work-orders/new?${new URLSearchParams({ copy: from, event: place.to, part: target ?? "" })}`;
  return (
    <>
      {id !== undefined && <OrderLink id={id} />}
      {[...reasons, ...notes].map((sentence) => (
        <div key={sentence}>
          <OrderWords text={sentence} />
        </div>
      ))}
      {outcome === "unfit" && target !== undefined && (
        <Anchor component={Link} href={byHand} prefetch={false} size="sm" underline="always">
          Create it by hand
        </Anchor>
      )}
    </>
  );
}
