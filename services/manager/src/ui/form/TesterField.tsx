"use client";
import { Group, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSWRConfig } from "swr";
import type { OfferedTester, Options } from "../../api/orders.ts";
import { call, RequestFailed } from "../http.ts";
import { BusyButton } from "../shell/BusyButton.tsx";
import { ChipField } from "./ChipField.tsx";
import { choosableTesters } from "./chosen.ts";
import { fieldId, type OrderFormState } from "./useOrderForm.ts";

interface Props {
  readonly form: OrderFormState;
  readonly options: Options;
  readonly isReadOnly: boolean;
}

/** Name of the field for another address, for the focus. */
export const typedTesterField = "typedTester";

/** Whom Test mails: a chip for each tester, and a field for the address of someone who is none yet. */
export function TesterField({ form, options, isReadOnly }: Props) {
  const { values, change, noteOf } = form;
  return (
    <Stack gap="xs">
      <ChipField
        form={form}
        field="testers"
        description={noteOf("testers") ?? "Test sends every language to each of them."}
        choices={choosableTesters(options, values)}
        chosen={values.testers}
        disabled={isReadOnly}
        nothing="There are no testers to choose from yet."
        onChange={(testers) => change({ testers }, "testers")}
      />
      {!isReadOnly && <AddressField form={form} />}
    </Stack>
  );
}

/** Adds a typed address as a tester of the chosen event's orders, and chooses it. Enter adds it and saves nothing. */
function AddressField({ form: { values, change, typedTester, typeTester } }: Pick<Props, "form">) {
  const { mutate } = useSWRConfig();
  const [isAdding, setAdding] = useState(false);
  const { eventCode, testers } = values;
  const { email, problem } = typedTester;

  const add = async () => {
    if (email.trim() === "" || eventCode === "" || isAdding) return;
    setAdding(true);
    typeTester({ email });
    try {
      const tester = await call<OfferedTester>("POST", "/api/testers", { eventCode, email });
      await mutate<Options>("/api/options", (options) => options && withTester(options, tester), { revalidate: false });
      change({ testers: [...new Set([...testers, tester.id])] }, "testers");
      typeTester({ email: "" });
    } catch (error) {
      const why = error instanceof RequestFailed ? (error.fields["testers"] ?? error.message) : String(error);
      typeTester({ email, problem: why });
    }
    setAdding(false);
  };
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        id={fieldId(typedTesterField)}
        label="Another address"
        description={
          eventCode === ""
            ? "Choose the event first."
            : "Of someone who is no participant. Personal links in these mails open nothing."
        }
        type="email"
        inputMode="email"
        autoComplete="off"
        disabled={eventCode === "" && email === ""}
        value={email}
        error={problem}
        inputWrapperOrder={["label", "description", "error", "input"]}
        onChange={(event) => typeTester({ email: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          void add();
        }}
        style={{ flex: 1 }}
      />
      <BusyButton
        variant="default"
        busy={isAdding}
        disabled={email.trim() === "" || eventCode === ""}
        onClick={() => void add()}
      >
        Add
      </BusyButton>
    </Group>
  );
}

function withTester(options: Options, tester: OfferedTester): Options {
  const others = options.testers.filter(({ id }) => id !== tester.id);
  return { ...options, testers: [...others, tester] };
}
