/** An audience (Mailchimp's API says list). */
export interface AudienceSeed {
  readonly name: string;
  readonly contact: {
    readonly company: string;
    readonly address1: string;
    readonly address2?: string;
    readonly city: string;
    readonly state?: string;
    readonly zip?: string;
    readonly country: string;
    readonly phone?: string;
  };
  readonly permissionReminder: string;
  readonly fromName: string;
  readonly fromEmail: string;
  readonly subscribeUrl?: string;
}

export interface TemplateSeed {
  readonly name: string;
  readonly html: string;
  /** False for a deleted template; Mailchimp goes on listing those. */
  readonly active?: boolean;
}

/** A campaign as the stand-in keeps it. */
export interface Campaign {
  readonly id: string;
  readonly createdAt: Date;
  readonly title: string;
  readonly subject: string;
  readonly fromName: string;
  readonly replyTo: string;
  readonly listId: string;
  readonly templateId: number;
}

export interface MailchimpState {
  readonly audiences: { readonly id: string; readonly seed: AudienceSeed }[];
  readonly templates: { readonly id: number; readonly seed: TemplateSeed }[];
  readonly campaigns: Map<string, Campaign>;
  readonly badge: boolean;
}

export function listBody({ id, seed }: MailchimpState["audiences"][number]): object {
  return {
    id,
    web_id: Number.parseInt(id.slice(0, 6), 16),
    name: seed.name,
    contact: { address2: "", state: "", zip: "", phone: "", ...seed.contact },
    permission_reminder: seed.permissionReminder,
    use_archive_bar: true,
    campaign_defaults: { from_name: seed.fromName, from_email: seed.fromEmail, subject: "", language: "en" },
    date_created: "2025-01-01T00:00:00+00:00",
    list_rating: 0,
    email_type_option: false,
    subscribe_url_short: seed.subscribeUrl ?? "",
    subscribe_url_long: seed.subscribeUrl ?? "",
    visibility: "prv",
    double_optin: false,
    stats: { member_count: 0, unsubscribe_count: 0 },
    _links: [],
  };
}

export function templateBody({ id, seed }: MailchimpState["templates"][number]): object {
  return {
    id,
    type: "user",
    name: seed.name,
    drag_and_drop: false,
    responsive: true,
    category: "",
    date_created: "2025-01-01T00:00:00+00:00",
    created_by: "",
    active: seed.active ?? true,
    folder_id: "",
    thumbnail: "",
    share_url: "",
    content_type: "template",
    _links: [],
  };
}

export function campaignBody(campaign: Campaign, state: MailchimpState): object {
  const list = state.audiences.find(({ id }) => id === campaign.listId);
  return {
    id: campaign.id,
    web_id: Number.parseInt(campaign.id.slice(0, 6), 16),
    type: "regular",
    // Mailchimp's form: seconds, with an offset.
    create_time: campaign.createdAt.toISOString().replace(/\.\d+Z$/, "+00:00"),
    archive_url: "",
    long_archive_url: "",
    status: "save",
    emails_sent: 0,
    send_time: "",
    content_type: "template",
    needs_block_refresh: false,
    recipients: { list_id: campaign.listId, list_is_active: true, list_name: list?.seed.name ?? "", segment_text: "" },
    settings: {
      subject_line: campaign.subject,
      title: campaign.title,
      from_name: campaign.fromName,
      reply_to: campaign.replyTo,
      template_id: campaign.templateId,
    },
    delivery_status: { enabled: false },
    _links: [],
  };
}

// What Mailchimp puts below the mails of free accounts.
const badge = `
            <center>
                <br>
                <table border="0" cellpadding="0" cellspacing="0" width="100%" id="canspamBarWrapper" style="background-color:#FFFFFF; border-top:1px solid #E5E5E5;">
                    <tr>
                        <td align="center" valign="top" style="padding-top:20px; padding-bottom:20px;">
                            <a href="http://www.mailchimp.com/email-referral/?utm_source=freemium_newsletter&amp;utm_medium=email&amp;utm_campaign=referral_marketing" target="_blank"><img src="https://cdn-images.mailchimp.com/monkey_rewards/intuit-mc-rewards-1.png" alt="Email Marketing Powered by Mailchimp" width="137" height="53" border="0" style="border:0;"></a>
                        </td>
                    </tr>
                </table>
            </center>`;

/** The HTML of a campaign: that of its template, merge tags untouched, and the badge before the end of the body. */
export function contentBody(campaign: Campaign, state: MailchimpState): object {
  const html = state.templates.find(({ id }) => id === campaign.templateId)?.seed.html ?? "";
  const end = html.search(/<\/body>(?![\s\S]*<\/body>)/i);
  const at = end === -1 ? html.length : end;
  const text = html.replace(/<[^>]*>/g, " ").trim();
  return { plain_text: text, html: state.badge ? html.slice(0, at) + badge + html.slice(at) : html, _links: [] };
}
