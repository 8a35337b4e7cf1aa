import type { Duplex } from "node:stream";
import { allowedMethods } from "./allowedMethods.ts";
import { requestTarget } from "./requestTarget.ts";

interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/** Responds to bytes that are no HTTP request, or one with a method unknown to Node, with one sentence, and closes the connection. */
export function refuseUnparsable(error: ParserError, socket: Duplex): void {
  // The other side is gone, or part of a response is under way already.
  if (error.code === "ECONNRESET" || !socket.writable || hasResponse(socket)) return void socket.destroy();
  const { status, sentence, headers = "" } = refusalOf(error);
  const length = Buffer.byteLength(sentence);
  socket.end(
    `HTTP/1.1 ${status}\r\n${headers}Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${sentence}`,
  );
}

/** The refusal of a method at a path, as `405` wants it (RFC 9110 15.5.6). */
export function methodRefusal(method: string, path: string) {
  const allow = allowedMethods(path).join(", ");
  return { allow, sentence: `${method} is not possible at this address. Possible: ${allow}.` };
}

function refusalOf({ code, rawPacket }: ParserError): { status: string; sentence: string; headers?: string } {
  if (code === "HPE_HEADER_OVERFLOW")
    return {
      status: "431 Request Header Fields Too Large",
      sentence: "The address and headers of the request are too long.",
    };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return { status: "408 Request Timeout", sentence: "The request did not arrive in time." };
  const [, method, text] = /^([A-Za-z-]{1,30}) (\/[^ \r\n]*) HTTP\/1\.[01]\r?\n/.exec(String(rawPacket ?? "")) ?? [];
  if (code === "HPE_INVALID_METHOD" && method && text) {
    const target = requestTarget(text);
    const { allow, sentence } = methodRefusal(method, "path" in target ? target.path : "/");
    return { status: "405 Method Not Allowed", sentence, headers: `Allow: ${allow}\r\n` };
  }
  return { status: "400 Bad Request", sentence: "This is not an HTTP request that can be read." };
}

function hasResponse(socket: Duplex): boolean {
  return (socket as { _httpMessage?: { headersSent?: boolean } })._httpMessage?.headersSent === true;
}
