import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { personalLinks } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { openBrowser } from "../../../../../tests/e2e/browser.ts";
import { openSendFixture } from "../../../../sender/testing/sendFixture.ts";
import { managerOver } from "../../../testing/managerOver.ts";
import type { Manager } from "../manager.ts";
import { askToUnsubscribe, unsubscribe } from "./unsubscribe.ts";
import { viewMail } from "./viewMail.ts";

/** The public pages over HTTP, as the routes serve them. `asked`: every path a browser came for. */
async function serve(manager: Manager) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (request.url !== "/favicon.ico") asked.push(request.url ?? "");
    void answer(manager, request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    asked,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function answer(manager: Manager, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const [, page, token = ""] = url.pathname.split("/");
  const request = new Request(url, { method: incoming.method ?? "GET" });
  const made = await (page === "view"
    ? viewMail(manager, token, request)
    : request.method === "POST"
      ? unsubscribe(manager, token, request)
      : askToUnsubscribe(manager, token, request));
  response.writeHead(made.status, Object.fromEntries(made.headers)).end(await made.text());
}

test("acceptance 36: in a browser no script of a template runs and nothing but its pictures is fetched; the button unsubscribes", async () => {
  await using fixture = await openSendFixture();
  await using over = managerOver(fixture.environment);
  await using site = await serve(over.manager);
  const person = aParticipant();
  await fixture.addPeople([person]);
  const evil = `<html><head><title>As mailed</title><link rel="stylesheet" href="${site.address}/style.css"></head>
<body onload="document.title = 'an attribute ran'"><script>document.title = "a script ran"; fetch("/stolen")</script>
<img src="data:," onerror="document.title = 'an image ran'"><iframe src="${site.address}/frame"></iframe>
<form action="${site.address}/form"><button>Send</button></form><a href="javascript:document.title='a link ran'">More</a></body></html>`;
  const order = await fixture.addOrder({}, evil);
  const claim = {
    ...{
      participantId: person.id,
      runId: "run-1",
      claimId: "c-1",
      attempt: 1,
      workOrderId: order.id,
      account: "office",
    },
    ...{ contentHash: order.prepared["EN"]!.hash, language: "EN", name: "Ana", email: "ana@example.org" },
    sendingAt: new Date().toISOString(),
  };
  const key = mailingKey(order, "EN");
  await over.manager.deliveries.claim(key, [claim], { runId: "run-1", now: claim.sendingAt, userStarted: true });
  const links = personalLinks({ ...over.manager.config, PUBLIC_BASE_URL: site.address }, person.id, key);

  await using browser = await openBrowser();
  const page = await browser.newPage();
  await page.goto(links.archiveUrl, { waitUntil: "load" });
  await page.getByRole("link", { name: "More" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForTimeout(300);
  expect(await page.title()).toBe("As mailed");
  expect(site.asked).toEqual([new URL(links.archiveUrl).pathname]);

  await page.goto(links.unsubscribeUrl);
  expect((await over.manager.participants.get(person.id))?.unsubscribe).toBeUndefined();
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByRole("heading", { name: "You are unsubscribed" }).waitFor();
  expect((await over.manager.participants.get(person.id))?.unsubscribe).toBe(true);
});
