"use client";
import { NativeSelect, Switch, TextInput } from "@mantine/core";
import type { Options } from "../../api/orders.ts";
import { choices, chosenIn } from "./chosen.ts";
import { FormSection } from "./FormSection.tsx";
import { limitWords } from "./limitWords.ts";
import { controlOf, type OrderFormState } from "./useOrderForm.ts";

/** The account that sends, and what Prepare checks in the content. */
export function MailFields({ form, options }: { readonly form: OrderFormState; readonly options: Options }) {
  const { values, change, noteOf } = form;
  const { needsZoom, stage } = chosenIn(options, values);
  return (
    <FormSection title="The mail" hint="Who sends it, and what its content must contain before it may go out.">
      <AccountField form={form} options={options} />
      {needsZoom && (
        <TextInput
          {...controlOf(form, "zoomId")}
          required
          description={
            noteOf("zoomId") ?? "9 to 11 digits, or the link of the meeting. Every link in the mail must lead to it."
          }
          value={values.zoomId}
          onChange={(event) => change({ zoomId: event.currentTarget.value }, "zoomId")}
        />
      )}
      <Switch
        {...controlOf(form, "salutationByName")}
        description="Prepare requires that every mail greets its reader by name."
        checked={values.salutationByName}
        onChange={(event) => change({ salutationByName: event.currentTarget.checked }, "salutationByName")}
      />
      {stage?.requireRegLink && (
        <Switch
          {...controlOf(form, "regLinkPresent")}
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
  const { values, change } = form;
  const chosen = options.accounts.find(({ name }) => name === values.account);
  return (
    <NativeSelect
      {...controlOf(form, "account")}
      required
      description={chosen && `${limitWords(chosen)}, from ${senderOf(chosen)}`}
      inputWrapperOrder={["label", "input", "description", "error"]}
      data={choices(
        "Choose the account to send from",
        usableAccounts(options.accounts, values.eventCode).map((account) => ({
          value: account.name,
          label: account.name,
          hint: limitWords(account),
        })),
        values.account,
      )}
      value={values.account}
      onChange={(event) => change({ account: event.currentTarget.value }, "account")}
    />
  );
}

/** The accounts that the chosen event may use. */
function usableAccounts(accounts: Options["accounts"], eventCode: string): Options["accounts"] {
  return accounts.filter(({ events }) => events === undefined || eventCode === "" || events.includes(eventCode));
}

function senderOf({ fromName, fromAddress }: Options["accounts"][number]): string {
  return fromName === "" ? fromAddress : `${fromName} <${fromAddress}>`;
}
