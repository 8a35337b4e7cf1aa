"use client";
import { Alert, Badge, Group, Select, Text } from "@mantine/core";
import type { Options } from "../../api/orders.ts";
import { useOrders } from "../live/useLive.ts";
import { chosenIn, usedStages, withEvent, withStage, withStored } from "./chosen.ts";
import { FormSection } from "./FormSection.tsx";
import styles from "./OrderForm.module.css";
import { fieldId, type OrderFormState } from "./useOrderForm.ts";

interface Props {
  readonly form: OrderFormState;
  readonly options: Options;
  readonly ownId?: string | undefined;
}

/** What the mailing is about: event, sub-event, stage. The rest of the form follows from it. */
export function MailingFields({ form, options, ownId }: Props) {
  const { values, change, errorOf } = form;
  const { event, inPerson, stage } = chosenIn(options, values);
  return (
    <FormSection title="What it is about" hint="One work order is one mailing: one stage of one part of an event.">
      <Select
        id={fieldId("eventCode")}
        label="Event"
        required
        searchable
        allowDeselect={false}
        openOnFocus={false}
        placeholder={options.events.length > 0 ? "Choose an event" : "There is no event you have access to"}
        data={withStored(
          options.events.map(({ code, name }) => ({ value: code, label: `${name} (${code})` })),
          values.eventCode,
        )}
        value={values.eventCode || null}
        onChange={(code) => change(withEvent(options, values, code ?? ""), "eventCode")}
        error={errorOf("eventCode")}
      />
      {inPerson && (
        <Group gap="xs">
          <Badge variant="light" color="violet" tt="none">
            In-Person
          </Badge>
          <Text size="sm">
            People come in person{stage?.confirmation ? ", so this confirmation needs no Zoom ID" : ""}.
          </Text>
        </Group>
      )}
      <Select
        id={fieldId("subEvent")}
        label="Sub-event"
        required
        allowDeselect={false}
        openOnFocus={false}
        disabled={!event}
        placeholder={event ? "Choose the part of the event" : "Choose the event first"}
        data={withStored(
          (event?.subEvents ?? []).map((name) => ({ value: name, label: name })),
          values.subEvent,
        )}
        value={values.subEvent || null}
        onChange={(subEvent) => change({ subEvent: subEvent ?? "" }, "subEvent")}
        error={errorOf("subEvent")}
      />
      <StageField form={form} options={options} ownId={ownId} />
    </FormSection>
  );
}

function StageField({ form, options, ownId }: Props) {
  const { values, change, errorOf, noteOf } = form;
  const { orders } = useOrders();
  const used = usedStages(orders, values, ownId);
  const { stage } = chosenIn(options, values);
  const descriptions = new Map(options.stages.map(({ name, description }) => [name, description]));
  const note = noteOf("stage");
  return (
    <>
      <Select
        id={fieldId("stage")}
        label="Stage"
        required
        allowDeselect={false}
        openOnFocus={false}
        placeholder="Choose the kind of mail"
        description={stage?.description}
        inputWrapperOrder={["label", "input", "description", "error"]}
        data={withStored(
          options.stages.map(({ name }) => ({ value: name, label: name, disabled: used.has(name) })),
          values.stage,
        )}
        renderOption={({ option }) => (
          <span className={styles.option}>
            <span>
              {option.label}
              {used.has(option.value) &&
                ` – already used${used.get(option.value)?.archived ? " (by an archived work order)" : ""}`}
            </span>
            <span className={styles.optionHint}>{descriptions.get(option.value)}</span>
          </span>
        )}
        value={values.stage || null}
        onChange={(name) => change(withStage(options, name ?? ""), "stage")}
        error={errorOf("stage")}
      />
      {note && (
        <Alert variant="light" color="blue" p="sm" role="note">
          {note}
        </Alert>
      )}
    </>
  );
}
