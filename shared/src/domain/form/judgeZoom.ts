import { readZoomEntry } from "../content/zoomId.ts";
import { type Judged, type OrderFormContext, quoted, textLimitCharacters } from "./formContext.ts";
import type { OrderFields } from "./orderFields.ts";

/** True where a confirmation leads into a meeting: only there the form has a Zoom field, and needs it. */
function needsZoom(stage: { readonly confirmation: boolean } | undefined, inPerson: boolean): boolean {
  return stage?.confirmation === true && !inPerson;
}

/** The Zoom id of a virtual confirmation; every other order has none. */
export function judgeZoom(fields: OrderFields, context: OrderFormContext): Judged<"zoomId" | "zoomLink"> {
  const stage = context.stages.find(({ name }) => name === fields.stage);
  const none = { zoomId: undefined, zoomLink: undefined };
  if (!context.event || !needsZoom(stage, context.event.config.inPerson === true))
    return { errors: {}, notes: {}, stored: none };
  const refused = (sentence: string) => ({ errors: { zoomId: sentence }, notes: {}, stored: none });
  const text = fields.zoomId.trim();
  if (text === "")
    return refused(
      "The confirmation of a virtual event needs its Zoom ID: enter the 9 to 11 digits, or paste the link of the meeting.",
    );
  if (text.length > textLimitCharacters)
    return refused(
      `The Zoom link has ${text.length} characters, more than ${textLimitCharacters}: copy it from the meeting again, or enter the ID alone.`,
    );
  const entry = readZoomEntry(text);
  if (!entry)
    return refused(
      `${quoted(text)} is neither a Zoom ID (9 to 11 digits) nor a Zoom link: copy it from the meeting again.`,
    );
  return {
    errors: {},
    notes: entry.zoomLink === undefined ? {} : { zoomId: `The link leads to Zoom ID ${entry.zoomId}.` },
    stored: { zoomId: entry.zoomId, zoomLink: entry.zoomLink },
  };
}
