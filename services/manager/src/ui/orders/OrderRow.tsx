"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { Badge } from "@mantine/core";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { memo, useRef } from "react";
import type { Order } from "../../api/orders.ts";
import { reportAddress } from "../reports/reportAddress.ts";
import { Moment } from "../shell/Moment.tsx";
import { StatusBadge } from "../shell/StatusBadge.tsx";
import { OrderActions } from "./OrderActions.tsx";
import styles from "./OrderTable.module.css";
import { orderReach, reachWords } from "./orderReach.ts";
import { orderStatus } from "./orderStatus.ts";
import { subjectOf } from "./sortOrders.ts";

/** One work order of the list. The whole row opens it; the link in it does so for keyboard and screen reader. */
export const OrderRow = memo(function OrderRow({
  order,
  isConfirmation,
  creator,
  event,
  stage,
  returned,
}: {
  readonly order: Order;
  readonly isConfirmation: boolean;
  readonly creator: string;
  /** Name of the event and description of the stage, beside their codes. */
  readonly event: string | undefined;
  readonly stage: string | undefined;
  /** Mails that bounced, or whose receiver complained. */
  readonly returned: number;
}) {
  const router = useRouter();
  /** A click outside an open menu only closes the menu. */
  const closesMenu = useRef(false);
  const { status, words, waits, trouble, warnings } = orderStatus(order);
  const subject = subjectOf(order);
  return (
    // The link in the row is for the keyboard; the row is a larger target for the mouse.
    <tr
      className={styles.row}
      onPointerDown={() => {
        closesMenu.current = document.querySelector("[popover]:popover-open") !== null;
      }}
      onClick={(event) => !closesMenu.current && isOnRow(event) && router.push(`/work-orders/${order.id}`)}
    >
      <td data-label="Actions" className={styles.actions}>
        <OrderActions order={order} />
      </td>
      <td data-label="Status">
        <StatusBadge status={status} word={words} />
        {trouble && <span className={styles.trouble}>{trouble}</span>}
        {warnings && <span className={styles.note}>{warnings}</span>}
        {waits && (
          <span className={styles.note}>
            {waits.words} <Moment at={waits.at} style={waits.style ?? "short"} />
          </span>
        )}
      </td>
      <td data-label="Event">
        <Link href={`/work-orders/${order.id}`} prefetch={false} className={styles.link}>
          {order.eventCode}
        </Link>
        <Link href={reportAddress(order.eventCode)} prefetch={false} className={styles.note}>
          {event ?? "Report"}
        </Link>
      </td>
      <td data-label="Sub-event">{order.subEvent}</td>
      <td data-label="Stage">
        {order.stage}
        {stage && <span className={styles.note}>{stage}</span>}
        {order.revision !== undefined && <span className={styles.note}>Revision {order.revision}</span>}
      </td>
      <td data-label="Subject" className={styles.subject}>
        {subject === undefined ? <span className={styles.note}>No subject yet</span> : <bdi>{subject}</bdi>}
      </td>
      <td data-label="Reached">
        <ReachCell order={order} />
        {returned > 0 && <span className={styles.note}>↩ {count(returned)} came back</span>}
      </td>
      <td data-label="Languages">{order.languages.join(" ")}</td>
      <td data-label="Account">{order.account}</td>
      <td data-label="Zoom / Type">
        <ZoomCell order={order} isConfirmation={isConfirmation} />
      </td>
      <td data-label="Created by">{creator}</td>
      <td data-label="Updated">
        <Moment at={order.updatedAt} />
      </td>
    </tr>
  );
});

/** False for buttons and links in the row, and for its dialogs, which are elsewhere in the page. */
function isOnRow({
  target,
  currentTarget,
}: {
  readonly target: EventTarget;
  readonly currentTarget: Element;
}): boolean {
  return target instanceof Element && currentTarget.contains(target) && !target.closest("a, button, [popover]");
}

/** People reached of those eligible, in words and as a bar. Before Send the numbers are those of Dry-Run or Count. */
function ReachCell({ order }: { readonly order: Order }) {
  const reach = orderReach(order);
  if (!reach) return "–";
  const percent = reach.eligible === 0 ? 0 : (100 * reach.reached) / reach.eligible;
  return (
    <>
      <span className={styles.reach}>{reachWords(reach)}</span>
      {reach.by === "Send" ? (
        <span className={styles.bar} aria-hidden="true">
          <span style={{ width: `${percent}%` }} />
        </span>
      ) : (
        <span className={styles.note}>by {reach.by}</span>
      )}
    </>
  );
}

function ZoomCell({ order, isConfirmation }: { readonly order: Order; readonly isConfirmation: boolean }) {
  if (order.inPerson)
    return (
      <Badge variant="outline" color="grape" tt="none" radius="sm">
        In-Person
      </Badge>
    );
  if (!isConfirmation) return "–";
  return order.zoomId ?? <span className={styles.warning}>No Zoom ID</span>;
}
