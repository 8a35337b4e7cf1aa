// Over HTTP: notices of a user's own Sends.

/** `PUT /api/notices` takes `byMail`; the response is the whole. `address`: absent if the user has none. */
export interface OwnNotices {
  readonly byMail: boolean;
  readonly address?: string;
}
