const digits = /^\d{9,11}$/;

/** What an operator typed into the Zoom field: the id, and the link it came from. */
export interface ZoomEntry {
  readonly zoomId: string;
  readonly zoomLink?: string;
}

/**
 * Reads a Zoom id (9 to 11 digits; spaces and hyphens are dropped) or a pasted Zoom link, which is reduced to its id and
 * itself kept for display. Undefined if the text is neither.
 */
export function readZoomEntry(text: string): ZoomEntry | undefined {
  const entry = text.trim();
  const zoomId = entry.replace(/[\s-]/g, "");
  if (digits.test(zoomId)) return { zoomId };
  const [linked] = zoomIdsInLink(entry);
  return linked === undefined ? undefined : { zoomId: linked, zoomLink: entry };
}

/** True for an https link on zoom.us or a subdomain of it. */
export function isZoomLink(link: string): boolean {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  return url?.protocol === "https:" && (url.hostname === "zoom.us" || url.hostname.endsWith(".zoom.us"));
}

/** The whole numbers of 9 to 11 digits in the path of a Zoom link, in order; none for any other link. */
export function zoomIdsInLink(link: string): string[] {
  if (!isZoomLink(link)) return [];
  return (new URL(link).pathname.match(/\d+/g) ?? []).filter((number) => digits.test(number));
}

/** True for a Zoom link that opens a meeting or a webinar: its path has the segment `j` or `w`. */
export function isZoomMeetingLink(link: string): boolean {
  return isZoomLink(link) && /\/[jw]\//.test(new URL(link).pathname);
}
