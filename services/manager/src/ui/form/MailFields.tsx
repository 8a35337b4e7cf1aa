"use client";
import { Select, Switch, TextInput } from "@mantine/core";
import type { Options } from "../../api/orders.ts";
import { chosenIn, withStored } from "./chosen.ts";
import { FormSection } from "./FormSection.tsx";
import { limitWords } from "./limitWords.ts";
import styles from "./OrderForm.module.css";
import { fieldId, type OrderFormState } from "./useOrderForm.ts";

/** Who sends it, and what Prepare asks of the content. */
export function MailFields({ form, options }: { readonly form: OrderFormState; readonly options: Options }) {
  const { values, change, errorOf, noteOf } = form;
  const { needsZoom, stage } = chosenIn(options, values);
  return (
    <FormSection title="The mail" hint="Who sends it, and what its content must hold before it may go out.">
      <AccountField form={form} options={options} />
      {needsZoom && (
        <TextInput
          id={fieldId("zoomId")}
          label="Zoom ID"
          required
          description={
            noteOf("zoomId") ?? "9 to 11 digits, or the link of the meeting. Every link in the mail must lead to it."
          }
          value={values.zoomId}
          onChange={(event) => change({ zoomId: event.currentTarget.value }, "zoomId")}
          error={errorOf("zoomId")}
        />
      )}
      <Switch
        id={fieldId("salutationByName")}
        label="Salutation by name"
        description="Prepare requires that every mail greets its reader by name."
        checked={values.salutationByName}
        onChange={(event) => change({ salutationByName: event.currentTarget.checked }, "salutationByName")}
      />
      {stage?.requireRegLink && (
        <Switch
          id={fieldId("regLinkPresent")}
          label="Registration link present"
          description={
            noteOf("regLinkPresent") ?? "Prepare requires a registration link, and that each one leads to this event."
          }
          checked={values.regLinkPresent}
          onChange={(event) => change({ regLinkPresent: event.currentTarget.checked }, "regLinkPresent")}
        />
      )}
    </FormSection>
  );
}

function AccountField({ form, options }: { readonly form: OrderFormState; readonly options: Options }) {
  const { values, change, errorOf } = form;
  const accounts = new Map(options.accounts.map((account) => [account.name, account]));
  const chosen = accounts.get(values.account);
  const senderOf = ({ fromName, fromAddress }: NonNullable<typeof chosen>) =>
    fromName === "" ? fromAddress : `${fromName} <${fromAddress}>`;
  return (
    <Select
      id={fieldId("account")}
      label="Account"
      required
      allowDeselect={false}
      openOnFocus={false}
      placeholder="Choose the account to send from"
      description={chosen && `${limitWords(chosen)}, from ${senderOf(chosen)}`}
      inputWrapperOrder={["label", "input", "description", "error"]}
      data={withStored(
        options.accounts.map(({ name }) => ({ value: name, label: name })),
        values.account,
      )}
      renderOption={({ option }) => {
        const account = accounts.get(option.value);
        return (
          <span className={styles.option}>
            <span>{option.label}</span>
            {account && (
              <span className={styles.optionHint}>
                {limitWords(account)}, from {senderOf(account)}
              </span>
            )}
          </span>
        );
      }}
      value={values.account || null}
      onChange={(name) => change({ account: name ?? "" }, "account")}
      error={errorOf("account")}
    />
  );
}
