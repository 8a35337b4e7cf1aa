"use client";
import { NativeSelect, Switch, TextInput } from "@mantine/core";
import type { Options } from "../../api/orders.ts";
import { ContinuousFields } from "./ContinuousFields.tsx";
import { FormSection } from "./FormSection.tsx";
import styles from "./OrderForm.module.css";
import { TesterField } from "./TesterField.tsx";
import { controlOf, type OrderFormState } from "./useOrderForm.ts";
import { WindowFields } from "./WindowFields.tsx";

interface Props {
  readonly form: OrderFormState;
  readonly options: Options;
  readonly isReadOnly: boolean;
  /** Send sleeps: of this section only the revision is fixed. */
  readonly isAsleep: boolean;
}

/** Testers, continuous sending, and the revision that sends the mailing again. */
export function SendingFields({ form, options, isReadOnly, isAsleep }: Props) {
  const { values, change } = form;
  return (
    <FormSection title="Test and sending" hint="Who gets the test, and how the mailing goes out.">
      <TesterField form={form} options={options} isReadOnly={isReadOnly} />
      <Switch
        {...controlOf(form, "sendContinuously")}
        description="Send repeats at intervals, to everyone who has become eligible meanwhile, until a time you set."
        checked={values.sendContinuously}
        onChange={(event) => change({ sendContinuously: event.currentTarget.checked }, "sendContinuously")}
      />
      {values.sendContinuously && <ContinuousFields form={form} />}
      <WindowFields form={form} options={options} />
      <NativeSelect
        {...controlOf(form, "missedStart")}
        description="A start that you schedule is missed if the system is down for more than an hour at that time."
        data={[
          { value: "ask", label: "Send nothing and ask" },
          { value: "start", label: "Start late" },
        ]}
        value={values.missedStart}
        onChange={(event) => change({ missedStart: event.currentTarget.value }, "missedStart")}
      />
      <TextInput
        {...controlOf(form, "revision")}
        inputMode="numeric"
        classNames={{ input: styles.short }}
        disabled={isAsleep}
        placeholder="None"
        description={
          <>
            Leave it empty for the first sending. A revision (1 to 10) sends the same mailing again:{" "}
            <strong>everyone becomes eligible again</strong>, including those who received it.
          </>
        }
        value={values.revision}
        onChange={(event) => change({ revision: event.currentTarget.value }, "revision")}
      />
    </FormSection>
  );
}
