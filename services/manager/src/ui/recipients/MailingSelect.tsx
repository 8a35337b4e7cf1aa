import { mailingsOf, type OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { NativeSelect } from "@mantine/core";
import type { Order } from "../../api/orders.ts";

/** Selects one of the mailings of an order; nothing if there is only one. */
export function MailingSelect({
  order,
  mailing,
  onChange,
}: {
  readonly order: Order;
  /** Name of the one shown; the current one if absent. */
  readonly mailing: string | undefined;
  readonly onChange: (mailing: OrderMailing) => void;
}) {
  const mailings = mailingsOf(order);
  if (mailings.length === 1) return undefined;
  return (
    <NativeSelect
      label="Mailing"
      size="xs"
      value={mailing ?? mailings[0].name}
      onChange={({ currentTarget: { value } }) => {
        const chosen = mailings.find(({ name }) => name === value);
        if (chosen) onChange(chosen);
      }}
      data={mailings.map((one) => ({ value: one.name, label: mailingWords(one, mailings[0]) }))}
      style={{ alignSelf: "flex-start" }}
    />
  );
}

/** `Current: revision 2`, `First mailing`, `Revision 1`; with event and stage where they differ from the current ones. */
function mailingWords(mailing: OrderMailing, current: OrderMailing): string {
  const { eventCode, subEvent, stage, revision, isCurrent } = mailing;
  const sending = revision === undefined ? "first mailing" : `revision ${revision}`;
  if (isCurrent) return `Current: ${sending}`;
  const isSame = eventCode === current.eventCode && subEvent === current.subEvent && stage === current.stage;
  const words = isSame ? sending : `${eventCode} ${subEvent} ${stage}, ${sending}`;
  return words[0]?.toUpperCase() + words.slice(1);
}
