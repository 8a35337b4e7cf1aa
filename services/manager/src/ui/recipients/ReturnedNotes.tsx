import type { ReturnedMail } from "../../api/recipients.ts";
import { Moment } from "../shell/Moment.tsx";
import { Sign } from "../shell/Sign.tsx";
import { recipientLooks } from "../shell/statusLooks.ts";

/** The badges of what came back of a mail, each on a line below that of its status: on a phone there is no room beside it. */
export function ReturnedSigns({ returned }: { readonly returned: ReturnedMail | undefined }) {
  const { bounced, complained } = returned ?? {};
  const looks = [bounced && recipientLooks[`bounced-${bounced.kind}`], complained && recipientLooks.complained];
  return looks
    .filter((look) => look !== undefined)
    .map((look) => (
      <div key={look.word} style={{ marginTop: 4 }}>
        <Sign look={look} />
      </div>
    ));
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
