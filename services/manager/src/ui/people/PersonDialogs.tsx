"use client";
import { TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useState } from "react";
import type {
  AddressBody,
  ForgetBody,
  ForgetResult,
  LiftBody,
  PersonState,
  ResubscribeBody,
  UnsubscribeBody,
} from "../../api/personChanges.ts";
import { call } from "../http.ts";
import { Moment } from "../shell/Moment.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";

export type PersonChange = "address" | "unsubscribe" | "resubscribe" | "lift-suppression" | "forget";

interface PersonDialogProps {
  readonly change: PersonChange;
  readonly person: PersonState;
  /** Of the routes that change the person. */
  readonly path: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** The dialog of one change of a person. */
export function PersonDialog(props: PersonDialogProps) {
  const { change, person, path, onDone, onClose } = props;
  const send = async (body: UnsubscribeBody | ResubscribeBody | LiftBody) => {
    await call("POST", `${path}/${change}`, body);
    onDone();
  };
  if (change === "address") return <AddressDialog {...props} />;
  if (change === "forget") return <ForgetDialog {...props} />;
  if (change === "unsubscribe")
    return (
      <ReasonDialog
        title="Unsubscribe this person?"
        effect="They get no more mail but service mail of events they booked. It counts for every mail that begins two seconds later."
        action="Unsubscribe"
        onSubmit={(reason) => send({ reason })}
        onClose={onClose}
      />
    );
  if (change === "resubscribe")
    return (
      <ReasonDialog
        title="Subscribe this person again?"
        effect={
          <>
            {outSince(person)} Once subscribed again they get mail from the next start or pass of a Send on. Do it only
            if they asked for it.
          </>
        }
        action="Subscribe again"
        onSubmit={(reason) =>
          send({ reason, ...(person.unsubscribed?.at !== undefined && { seen: person.unsubscribed.at }) })
        }
        onClose={onClose}
      />
    );
  return (
    <ReasonDialog
      title="Lift the suppression?"
      effect={
        <>
          A mail server said
          {person.suppressed && (
            <>
              {" "}
              <Moment at={person.suppressed.at} />
            </>
          )}{" "}
          that the address does not exist (SMTP code {person.suppressed?.code ?? "unknown"}). Once lifted, it is mailed
          again; if it still does not exist, the next mail suppresses it again.
        </>
      }
      action="Lift the suppression"
      onSubmit={(reason) => send({ reason, seen: person.suppressed?.at ?? "" })}
      onClose={onClose}
    />
  );
}

/** Since when, and how, a person is unsubscribed. */
function outSince({ unsubscribed }: PersonState): ReactNode {
  const by = unsubscribed?.by;
  const how = by === undefined ? "" : by === "user" ? ", by a user" : `, by the link in the mailing ${by}`;
  if (!unsubscribed?.at) return `They are unsubscribed${how}; it is not known since when.`;
  return (
    <>
      They are unsubscribed since <Moment at={unsubscribed.at} />
      {how}.
    </>
  );
}

function AddressDialog({ person, path, onDone, onClose }: PersonDialogProps) {
  const [address, setAddress] = useState("");
  const save = async (reason: string) => {
    const body: AddressBody = { address, seen: person.addressSeen, reason };
    await call("POST", `${path}/address`, body);
    onDone();
  };
  return (
    <ReasonDialog
      title="Correct the address"
      effect={`The record has ${person.email || "no address"}. A suppression of it does not count for another address. Correct it where people register as well, or that application may write the old one again.`}
      action="Save the address"
      fields={(errorOf) => (
        <TextInput
          label="New address"
          type="email"
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          error={errorOf("address")}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      )}
      onSubmit={save}
      onClose={onClose}
    />
  );
}

function ForgetDialog({ person: { id }, path, onDone, onClose }: PersonDialogProps) {
  const [confirm, setConfirm] = useState("");
  const forget = async (reason: string) => {
    const body: ForgetBody = { confirm, reason };
    const { rows, left } = await call<ForgetResult>("POST", `${path}/forget`, body);
    const later = left > 0 ? ` ${left} more follow when what is being sent to them has ended.` : "";
    notifications.show({ message: `The person is forgotten. ${rows} rows of mailings were erased.${later}` });
    onDone();
  };
  return (
    <ReasonDialog
      title="Forget this person?"
      isDangerous
      effect="This cannot be undone. Name, address and everything else in the record but the id are erased, also bookings and payments, and name, address and replies in every mailing. Rows and numbers stay, so that no one is mailed twice. The person is never mailed again. Remove them where people register as well."
      action="Forget the person"
      fields={(errorOf) => (
        <TextInput
          label={`Type the id to confirm: ${id}`}
          value={confirm}
          onChange={(event) => setConfirm(event.currentTarget.value)}
          error={errorOf("confirm")}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      )}
      onSubmit={forget}
      onClose={onClose}
    />
  );
}
