import type { PreviewSource } from "../../api/preview.ts";

/** What the preview shows; the server chooses absent parts. */
export interface PreviewChoice {
  readonly language?: string;
  readonly participant?: string;
  readonly source?: PreviewSource;
}

/** Path of the API with the choice as query. `more`: further parameters. */
export function previewPath(
  orderId: string,
  part: "preview" | "preview/html",
  choice: PreviewChoice,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ ...chosen(choice), ...more }).toString();
  return `/api/work-orders/${encodeURIComponent(orderId)}/${part}${query && `?${query}`}`;
}

/** The choice an address names. */
export function choiceOf(query: { get(name: string): string | null }): PreviewChoice {
  const source = query.get("source");
  return chosen({
    language: query.get("language") ?? "",
    participant: query.get("participant") ?? "",
    ...((source === "draft" || source === "prepared") && { source }),
  });
}

function chosen(choice: PreviewChoice): Record<string, string> {
  return Object.fromEntries(Object.entries(choice).filter(([, value]) => value));
}
