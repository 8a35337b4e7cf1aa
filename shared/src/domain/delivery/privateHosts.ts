/**
 * True for a host that is this machine or inside its own network: a loopback or private address, `localhost`, a name
 * without a dot (a container's), or one under a suffix reserved for private networks (RFC 6762 `.local`, RFC 8375
 * `.home.arpa`, ICANN `.internal`). Only such a host may be spoken to without TLS or credentials.
 */
export function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, "");
  const v6 = groupsOf(name);
  if (v6) return isPrivateV6(v6);
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name);
  if (v4) return isPrivateV4(Number(v4[1]), Number(v4[2]));
  return !name.includes(".") || /\.(localhost|local|internal|home\.arpa)$/.test(name);
}

/** RFC 1918, RFC 3927 (link-local), loopback. */
function isPrivateV4(first: number, second: number): boolean {
  if (first === 127 || first === 10) return true;
  if (first === 172) return second >= 16 && second <= 31;
  return (first === 192 && second === 168) || (first === 169 && second === 254);
}

/** RFC 4193 (fc00::/7), RFC 4291 (fe80::/10, ::1), and addresses of version 4 inside ::ffff:0:0/96. */
function isPrivateV6(groups: readonly number[]): boolean {
  const [first = 0] = groups;
  const head = groups.slice(0, 5).every((group) => group === 0);
  const [sixth = 0, seventh = 0, last = 0] = groups.slice(5);
  if (head && sixth === 0xffff) return isPrivateV4(seventh >> 8, seventh & 0xff);
  if (head && sixth === 0 && seventh === 0 && last === 1) return true;
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
}

/** The eight groups of an address of version 6; undefined for anything else. */
function groupsOf(name: string): readonly number[] | undefined {
  if (!name.includes(":") || !URL.canParse(`http://[${name}]`)) return undefined;
  const [before = "", after = ""] = new URL(`http://[${name}]`).hostname.slice(1, -1).split("::");
  const numbers = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const [left, right] = [numbers(before), numbers(after)];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}
