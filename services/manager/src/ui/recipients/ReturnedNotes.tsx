import type { RecipientRow, ReturnedMail } from "../../api/recipients.ts";
import { Moment } from "../shell/Moment.tsx";
import { type Look, recipientLooks } from "../shell/statusLooks.ts";

/** The badges of what came back of a mail, to be shown beside that of its status. */
export function returnedLooks({ returned }: Pick<RecipientRow, "returned">): Look[] {
  const { bounced, complained } = returned ?? {};
  return [
    ...(bounced ? [recipientLooks[`bounced-${bounced.kind}`]] : []),
    ...(complained ? [recipientLooks.complained] : []),
  ];
}

/** What came back of a mail, when, and what the receiving server said. */
export function ReturnedNotes({ returned }: { readonly returned: ReturnedMail | undefined }) {
  const { bounced, complained } = returned ?? {};
  return (
    <>
      {bounced && (
        <div>
          Came back <Moment at={bounced.at} /> ({bounced.code}){bounced.reply ? `: ${bounced.reply}` : ""}
        </div>
      )}
      {complained && (
        <div>
          Marked as spam <Moment at={complained.at} />
        </div>
      )}
    </>
  );
}
