import mailchimpMarketing from "@mailchimp/mailchimp_marketing";
import type { MailchimpReply } from "./mailchimpAttempts.ts";
import { type MailchimpAccess, sendToMailchimp } from "./mailchimpTransport.ts";

/** The part of the client library in use; its own types know neither the base path nor several clients. */
export interface MailchimpClient {
  basePath: string;
  setConfig(config: { apiKey: string }): void;
  buildUrl(path: string, pathParams: object): string;
  callApi(
    path: string,
    method: string,
    pathParams: object,
    query: Record<string, unknown>,
    headers: object,
    form: object,
    body: unknown,
  ): Promise<{ readonly data: MailchimpReply }>;
  readonly lists: { getAllLists(options: object): Promise<MailchimpReply> };
  readonly templates: { list(options: object): Promise<MailchimpReply> };
  readonly campaigns: {
    list(options: object): Promise<MailchimpReply>;
    create(body: object): Promise<MailchimpReply>;
    getContent(id: string): Promise<MailchimpReply>;
    remove(id: string): Promise<MailchimpReply>;
  };
}

/**
 * A client whose calls go out through our own transport. The built-in one (superagent 3.8) throws in an event handler
 * on any redirect, which ends a process on Node 24; it cannot be aborted, and its errors carry the API key.
 */
export function mailchimpClient(basePath: string, options: MailchimpAccess): MailchimpClient {
  const client = new (mailchimpMarketing.constructor as new () => MailchimpClient)();
  client.basePath = basePath;
  // No `server`: the library would put it in place of the first "server" found in the URL.
  client.setConfig({ apiKey: options.apiKey });
  client.callApi = async (path, method, pathParams, query, _headers, _form, body) => ({
    data: await sendToMailchimp({ method, url: client.buildUrl(path, pathParams), query, body }, options),
  });
  return client;
}
