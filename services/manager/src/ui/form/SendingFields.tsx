"use client";
import { MultiSelect, Switch, TextInput } from "@mantine/core";
import type { Options } from "../../api/orders.ts";
import { ContinuousFields } from "./ContinuousFields.tsx";
import { FormSection } from "./FormSection.tsx";
import styles from "./OrderForm.module.css";
import { fieldId, type OrderFormState } from "./useOrderForm.ts";

interface Props {
  readonly form: OrderFormState;
  readonly options: Options;
  /** Send sleeps: of this section only the revision is fixed. */
  readonly isAsleep: boolean;
}

/** Whom a test goes to, whether sending goes on by itself, and whether the mailing is sent again. */
export function SendingFields({ form, options, isAsleep }: Props) {
  const { values, change, errorOf } = form;
  const gone = values.testers.filter((id) => !options.testers.some((tester) => tester.id === id));
  return (
    <FormSection title="Test and sending" hint="Whom the test goes to, and how the mailing goes out.">
      <MultiSelect
        id={fieldId("testers")}
        label="Testers"
        description="Test sends every language to each of them."
        placeholder={values.testers.length === 0 ? "Nobody yet" : ""}
        searchable
        openOnFocus={false}
        data={[
          ...options.testers.map(({ id, label }) => ({ value: id, label })),
          ...gone.map((id) => ({ value: id, label: `${id} (not available any more)` })),
        ]}
        value={[...values.testers]}
        onChange={(testers) => change({ testers }, "testers")}
        error={errorOf("testers")}
      />
      <Switch
        id={fieldId("sendContinuously")}
        label="Continuous sending"
        description="Send goes on at intervals, to everybody who has become eligible meanwhile, until a time you set."
        checked={values.sendContinuously}
        onChange={(event) => change({ sendContinuously: event.currentTarget.checked }, "sendContinuously")}
      />
      {values.sendContinuously && <ContinuousFields form={form} />}
      <TextInput
        id={fieldId("revision")}
        label="Revision"
        inputMode="numeric"
        classNames={{ input: styles.short }}
        disabled={isAsleep}
        placeholder="None"
        description={
          <>
            Leave it empty for the first sending. A revision (1 to 10) sends the same mailing again:{" "}
            <strong>everybody becomes eligible again</strong>, those who have received it included.
          </>
        }
        value={values.revision}
        onChange={(event) => change({ revision: event.currentTarget.value }, "revision")}
        error={errorOf("revision")}
      />
    </FormSection>
  );
}
