"use client";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { type StepName, stepNamed } from "@email-agent/shared/domain/steps.ts";
import { Button, Group, Text } from "@mantine/core";
import type { Order } from "../../api/orders.ts";
import { type OrderReturned, type RecipientStatus, returnedStatuses } from "../../api/recipients.ts";
import { SignButton } from "../shell/Sign.tsx";
import { recipientLooks } from "../shell/statusLooks.ts";
import { openList } from "./listAddress.ts";
import { recipientNumbers } from "./recipientNumbers.ts";
import { hasList } from "./recipientWords.ts";
import { useCountedLedger } from "./useReconciliation.ts";
import { useReturned } from "./useReturned.ts";

/**
 * A button per language that opens the list of recipients of a step, with buttons for failed mails and mails in doubt beside
 * it. Nothing for steps without a list, and before the list exists.
 */
export function RecipientButtons({ order, step }: { readonly order: Order; readonly step: StepName }) {
  const { list } = stepNamed(step);
  const counted = useCountedLedger(order);
  const returned = useReturned(order);
  if (!list || !hasList(order, list)) return undefined;
  return (
    <Group gap="xs" role="group" aria-label={`Recipients of ${step}`}>
      <Text size="sm" fw={600}>
        Recipients
      </Text>
      {order.languages.map((language) => {
        const ledger = counted?.languages.find((one) => one.language === language);
        const { people, failed, inDoubt } = recipientNumbers(order, step, language, ledger);
        const open = (status?: RecipientStatus) => () => openList({ list, language, ...(status && { status }) });
        const number = people === undefined ? "" : `, ${count(people)}`;
        return (
          <Button.Group key={language} style={{ flexWrap: "wrap" }}>
            <Button
              size="compact-sm"
              variant="default"
              onClick={open()}
              aria-label={`Recipients in ${language}${number}`}
            >
              {language}
              {people !== undefined && <b>&nbsp;{count(people)}</b>}
            </Button>
            {failed > 0 && (
              <SignButton
                size="compact-sm"
                tone="bad"
                onClick={open(list === "dry-run" ? "error" : "failed")}
                name={`${count(failed)} failed in ${language}`}
              >
                ✕ {count(failed)} failed
              </SignButton>
            )}
            {inDoubt > 0 && (
              <SignButton
                size="compact-sm"
                tone="doubt"
                onClick={open("in-doubt")}
                name={`${count(inDoubt)} in doubt in ${language}`}
              >
                ? {count(inDoubt)} in doubt
              </SignButton>
            )}
            {list === "send" && returnedButtons(returned?.find((one) => one.language === language))}
          </Button.Group>
        );
      })}
    </Group>
  );
}

/** A button for each kind of returned mail that there is. */
function returnedButtons(counts: OrderReturned["languages"][number] | undefined) {
  if (!counts) return undefined;
  const { language } = counts;
  return returnedStatuses
    .filter((status) => counts[status] > 0)
    .map((status) => {
      const { word, sign, tone } = recipientLooks[status];
      return (
        <SignButton
          key={status}
          size="compact-sm"
          tone={tone}
          onClick={() => openList({ list: "send", language, status })}
          name={`${count(counts[status])} ${word.toLowerCase()} in ${language}`}
        >
          {sign} {count(counts[status])} {word.toLowerCase()}
        </SignButton>
      );
    });
}
