import { Alert, Anchor } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Person } from "../../api/people.ts";
import { Moment } from "../shell/Moment.tsx";
import { personAddress } from "./personAddress.ts";

/** What keeps mail from a person, since when and why; and who shares their address. */
export function PersonNotices({ person }: { readonly person: Person }) {
  const { unsubscribed, unsubscribedBy, suppression, forgotten, invalid, sameAddress } = person;
  return (
    <>
      {forgotten && (
        <Notice title="Forgotten">
          Name and address were erased <Moment at={forgotten} />. No mail is sent to this person.
        </Notice>
      )}
      {invalid && (
        <Notice title="The record cannot be read">
          The field {invalid.field} does not fit: {invalid.problem}. This person is not mailed until the application
          that writes the record repairs it.
        </Notice>
      )}
      {unsubscribed && (
        <Notice title="Unsubscribed">
          {unsubscribed.at ? (
            <>
              Since <Moment at={unsubscribed.at} />
            </>
          ) : (
            "It is not known since when"
          )}
          {unsubscribedBy && unsubscribedHow(unsubscribedBy)}. Only service mail of events they booked is sent.
        </Notice>
      )}
      {suppression && <Suppression suppression={suppression} />}
      {sameAddress.people.length > 0 && (
        <Notice title="Others have the same address" color="blue">
          Each of them gets a mail:{" "}
          {sameAddress.people.map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 && ", "}
              <Anchor component={Link} href={personAddress(id)} prefetch={false} inherit>
                {name || id}
              </Anchor>
            </span>
          ))}
        </Notice>
      )}
    </>
  );
}

function Suppression({ suppression }: { readonly suppression: NonNullable<Person["suppression"]> }) {
  const { address, code, at, isInUse, softBounces } = suppression;
  if (isInUse && softBounces !== undefined)
    return (
      <Notice title="Suppressed" color="red">
        Mails to this address came back {softBounces} times in a row, the last <Moment at={at} /> (code {code}). Nothing
        is sent to it.
      </Notice>
    );
  if (isInUse)
    return (
      <Notice title="Suppressed" color="red">
        A mail server said <Moment at={at} /> that the address does not exist (SMTP code {code}). Nothing is sent to it.
      </Notice>
    );
  return (
    <Notice title="An earlier address was refused" color="gray">
      A mail server said <Moment at={at} /> that {address} does not exist (SMTP code {code}). The address has been
      corrected since, so mail is sent.
    </Notice>
  );
}

function unsubscribedHow(by: string): string {
  if (by === "complaint") return ", because they marked a mail as spam";
  return by === "user" ? ", by a user of the Email Manager" : `, by the link in the mailing ${by}`;
}

function Notice({
  title,
  color = "yellow",
  children,
}: {
  readonly title: string;
  readonly color?: string;
  readonly children: ReactNode;
}) {
  return (
    <Alert color={color} variant="light" title={title} style={{ overflowWrap: "anywhere" }}>
      {children}
    </Alert>
  );
}
