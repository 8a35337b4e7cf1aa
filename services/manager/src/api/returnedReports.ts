// Over HTTP: reports of returned mail that name no mail of ours.

export const returnedReportRows = 50;

/** No address: the recipient and the reply are masked. */
export interface ReturnedReport {
  readonly id: string;
  /** When the mail came back, as the report says. */
  readonly at: string;
  readonly kind: string;
  readonly reportedBy: string;
  /** Why it matches nothing. */
  readonly why: string;
  readonly code?: string;
  readonly reply: string;
  readonly recipient?: string;
  /** Mailing key that the returned mail names. */
  readonly mailing?: string;
  /** The report as it came can be downloaded. */
  readonly hasRaw: boolean;
}

/** `GET /api/returned-reports?before=`: newest first. `next`: `before` of the next page; absent at the end. */
export interface ReturnedReports {
  readonly reports: readonly ReturnedReport[];
  readonly next?: string;
}
