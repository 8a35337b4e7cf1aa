import { createSocket } from "node:dgram";
import { once } from "node:events";

/** Records of a name by type. An MX is its preference and host, as `10 mx.test`. */
export interface DnsZone {
  readonly [name: string]: {
    readonly A?: readonly string[];
    readonly AAAA?: readonly string[];
    readonly TXT?: readonly string[];
    readonly MX?: readonly string[];
    readonly PTR?: readonly string[];
    /** Instead of an answer. */
    readonly fault?: "servfail" | "silence";
  };
}

export interface LocalDns extends AsyncDisposable {
  /** For `DNS_SERVERS`. */
  readonly address: string;
  /** Every question, as `TXT name`. */
  readonly asked: string[];
  /** Puts other records in the place of all. */
  use(zone: DnsZone): void;
}

const types = { 1: "A", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA" } as const;
const codes = { servfail: 2, missing: 3 };

/** A DNS server (RFC 1035) over UDP on 127.0.0.1 that knows the names of `zone` and no others. Names are in lower case. */
export async function startDns(zone: DnsZone = {}, port = 0): Promise<LocalDns> {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  let known = zone;
  socket.on("message", (query, from) => {
    const { name, end } = readName(query, 12);
    const type = types[query.readUInt16BE(end) as keyof typeof types];
    asked.push(`${type} ${name}`);
    const entry = known[name];
    if (entry?.fault === "silence") return;
    const records = (type && entry?.[type]) ?? [];
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    const code = entry?.fault === "servfail" ? codes.servfail : entry ? 0 : codes.missing;
    head.writeUInt16BE(0x8580 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    const answers = records.map((text) => record(query.readUInt16BE(end), dataOf(type, text)));
    socket.send(Buffer.concat([head, query.subarray(12, end + 4), ...answers]), from.port, from.address);
  });
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    use(other) {
      known = other;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}

/** A record of the name that was asked for. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function dataOf(type: string | undefined, text: string): Buffer {
  if (type === "A") return Buffer.from(text.split(".").map(Number));
  if (type === "AAAA") return ipv6(text);
  if (type === "PTR") return domainName(text);
  if (type === "MX") {
    const [preference = "0", host = ""] = text.split(" ");
    const number = Buffer.alloc(2);
    number.writeUInt16BE(Number(preference));
    return Buffer.concat([number, domainName(host)]);
  }
  // A string holds 255 bytes; a longer text is several.
  const bytes = Buffer.from(text, "latin1");
  const strings: Buffer[] = [];
  for (let from = 0; from === 0 || from < bytes.length; from += 255) {
    const part = bytes.subarray(from, from + 255);
    strings.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat(strings);
}

function domainName(name: string): Buffer {
  const labels = name.split(".").filter(Boolean);
  return Buffer.concat([...labels.flatMap((one) => [Buffer.from([one.length]), Buffer.from(one)]), Buffer.from([0])]);
}

function ipv6(text: string): Buffer {
  const [head = "", tail] = text.split("::");
  const groups = (part: string | undefined) => (part ? part.split(":") : []);
  const [before, after] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => "0");
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join(""), "hex");
}
