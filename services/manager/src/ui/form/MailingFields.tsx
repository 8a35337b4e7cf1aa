"use client";
import { Alert, Badge, Group, NativeSelect, Text } from "@mantine/core";
import { Fragment } from "react";
import type { Options } from "../../api/orders.ts";
import { useOrders } from "../live/useLive.ts";
import { OrderLink, OrderWords } from "../order/OrderWords.tsx";
import { choices, chosenIn, stageChoice, usedStages, withEvent, withStage } from "./chosen.ts";
import { FormSection } from "./FormSection.tsx";
import { controlOf, type OrderFormState } from "./useOrderForm.ts";

interface Props {
  readonly form: OrderFormState;
  readonly options: Options;
  readonly ownId?: string | undefined;
}

/** What the mailing is about: event, sub-event and stage. The rest of the form depends on them. */
export function MailingFields({ form, options, ownId }: Props) {
  const { values, change } = form;
  const { event, inPerson, stage } = chosenIn(options, values);
  return (
    <FormSection title="What it is about" hint="One work order is one mailing: one stage of one part of an event.">
      <NativeSelect
        {...controlOf(form, "eventCode")}
        required
        data={choices(
          options.events.length > 0 ? "Choose an event" : "There is no event you have access to",
          options.events.map(({ code, name }) => ({ value: code, label: `${name} (${code})` })),
          values.eventCode,
        )}
        value={values.eventCode}
        onChange={(event) => change(withEvent(options, values, event.currentTarget.value), "eventCode")}
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
      <NativeSelect
        {...controlOf(form, "subEvent")}
        required
        disabled={!event}
        data={choices(
          event ? "Choose the part of the event" : "Choose the event first",
          (event?.subEvents ?? []).map((name) => ({ value: name, label: name })),
          values.subEvent,
        )}
        value={values.subEvent}
        onChange={(event) => change({ subEvent: event.currentTarget.value }, "subEvent")}
      />
      <StageField form={form} options={options} ownId={ownId} />
    </FormSection>
  );
}

function StageField({ form, options, ownId }: Props) {
  const { values, change, noteOf } = form;
  const { orders } = useOrders();
  const used = usedStages(orders, values, ownId);
  const { stage } = chosenIn(options, values);
  const note = noteOf("stage");
  const control = controlOf(form, "stage");
  return (
    <>
      <NativeSelect
        {...control}
        required
        description={stage?.description}
        inputWrapperOrder={["label", "input", "description", "error"]}
        data={choices(
          "Choose the kind of mail",
          options.stages.map((stage) => stageChoice(stage, used.get(stage.name))),
          values.stage,
        )}
        value={values.stage}
        onChange={(event) => change(withStage(options, event.currentTarget.value), "stage")}
        error={control.error && <OrderWords text={control.error} />}
      />
      {used.size > 0 && (
        <Text size="sm">
          Already used for this part of the event, each by its own work order:{" "}
          {[...used.values()].map(({ id }, index) => (
            <Fragment key={id}>
              {index > 0 && ", "}
              <OrderLink id={id} />
            </Fragment>
          ))}
        </Text>
      )}
      {note && (
        <Alert variant="light" color="blue" p="sm" role="note">
          <OrderWords text={note} />
        </Alert>
      )}
    </>
  );
}
