/** What a part of a form is about, beside its title. */
export const partHints: Readonly<Record<string, string>> = {
  Identity: "What it is called, and how recipients or users see it.",
  Server: "Where mails are handed over. What is left empty is that of the installation.",
  Signing: "DKIM proves to receivers that the domain sent the mail.",
  Limits: "All senders and all work orders share them. Ask the provider for its limits.",
  Content: "What the mails of this stage say.",
  "Who gets it": "The event's own pool is asked as well.",
  Parts: "A mailing is about one of them.",
  Rules: "Whom the event concerns, how it is held and what it costs.",
  Organisation: "Who sends the mails.",
  "Registration links": "How links to the registration are known, and made personal.",
  "Content and its checks": "What templates may hold, and what Prepare checks.",
  "Other applications": "What they maintain is read-only here.",
  Notices: "Who hears of every Send, besides the user who started it.",
  Sending: "When a Send stops by itself, and when it asks twice.",
};
