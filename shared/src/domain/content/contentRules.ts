/** What the order and its stage require of the content. */
export interface ContentRules {
  readonly salutationByName: boolean;
  readonly regLinkPresent: boolean;
  /** The stage confirms a registration: a virtual event then needs its Zoom link. */
  readonly confirmation: boolean;
  readonly inPerson: boolean;
  readonly zoomId?: string | undefined;
}
