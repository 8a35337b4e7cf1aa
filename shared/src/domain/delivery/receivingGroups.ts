/** Receiving servers that judge a sender together: a limit or a slowdown of one of their domains counts for all of them. */
interface ReceivingGroup {
  /** In words, for pages and messages. */
  readonly title: string;
  /** Names of mail servers (MX), or the ends of such names, with a dot in front. */
  readonly servers: readonly string[];
  /** Domains that are known to belong to it, so that no lookup is needed. */
  readonly domains: readonly string[];
}

/**
 * The large providers of mailboxes and mail filters, by the mail servers of the domains they serve. Every other domain is a
 * group by the organisational domain of its mail server, or by itself.
 *
 * Sources: MX records of the domains named here; Google (https://support.google.com/a/answer/174125); Microsoft
 * (https://learn.microsoft.com/microsoft-365/enterprise/external-domain-name-system-records and, for mx.microsoft,
 * https://learn.microsoft.com/purview/how-smtp-dane-works); Yahoo (https://senders.yahooinc.com); Apple
 * (https://support.apple.com/102322); the shaping rules of KumoMTA
 * (https://github.com/KumoCorp/kumomta/blob/main/assets/policy-extras/shaping.toml).
 */
export const receivingGroups: Readonly<Record<string, ReceivingGroup>> = {
  google: {
    title: "Google",
    servers: [
      "aspmx.l.google.com",
      ".aspmx.l.google.com",
      "gmail-smtp-in.l.google.com",
      ".gmail-smtp-in.l.google.com",
      "smtp.google.com",
      ".googlemail.com",
    ],
    domains: ["gmail.com", "googlemail.com"],
  },
  microsoft: {
    title: "Microsoft",
    servers: [".mail.protection.outlook.com", ".olc.protection.outlook.com", ".mail.eo.outlook.com", ".mx.microsoft"],
    domains: [
      ...["outlook.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "outlook.at", "outlook.com.br"],
      ...["hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.es", "hotmail.it", "hotmail.co.uk", "hotmail.com.br"],
      ...["live.com", "live.de", "live.fr", "live.it", "live.nl", "live.co.uk", "msn.com", "windowslive.com"],
    ],
  },
  yahoo: {
    title: "Yahoo and AOL",
    servers: [".yahoodns.net"],
    domains: [
      ...["yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it", "yahoo.co.uk", "yahoo.co.in", "yahoo.com.br"],
      ...["yahoo.com.ar", "yahoo.com.mx", "ymail.com", "rocketmail.com", "aol.com", "aol.de", "aim.com"],
      ...["verizon.net", "sky.com"],
    ],
  },
  icloud: { title: "iCloud", servers: [".mail.icloud.com"], domains: ["icloud.com", "me.com", "mac.com"] },
  unitedinternet: {
    title: "GMX, WEB.DE and mail.com",
    servers: [".gmx.net", ".web.de", ".mail.com", ".emig.gmx.net"],
    domains: [
      ...["gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "gmx.fr", "gmx.es", "gmx.co.uk", "web.de", "mail.com"],
      ...["email.de"],
    ],
  },
  ionos: {
    title: "IONOS",
    servers: [".kundenserver.de", ".ionos.com", ".ionos.de", ".1and1.com", ".1and1.co.uk", ".1and1.fr", ".1and1.es"],
    domains: [],
  },
  telekom: { title: "T-Online", servers: [".t-online.de"], domains: ["t-online.de", "magenta.de"] },
  orange: { title: "Orange", servers: [".orange.fr", ".wanadoo.fr"], domains: ["orange.fr", "wanadoo.fr"] },
  laposte: { title: "La Poste", servers: [".laposte.net"], domains: ["laposte.net"] },
  free: { title: "Free", servers: [".free.fr"], domains: ["free.fr"] },
  sfr: { title: "SFR", servers: [".sfr.fr"], domains: ["sfr.fr", "neuf.fr"] },
  libero: { title: "Libero and Virgilio", servers: [".libero.it", ".iol.it"], domains: ["libero.it", "virgilio.it"] },
  seznam: { title: "Seznam", servers: [".seznam.cz"], domains: ["seznam.cz", "email.cz", "post.cz"] },
  mailru: { title: "Mail.ru", servers: [".mail.ru"], domains: ["mail.ru", "bk.ru", "inbox.ru", "list.ru"] },
  yandex: { title: "Yandex", servers: [".yandex.ru", ".yandex.net"], domains: ["yandex.ru", "yandex.com", "ya.ru"] },
  qq: { title: "Tencent (QQ)", servers: [".qq.com"], domains: ["qq.com", "foxmail.com"] },
  netease: { title: "NetEase", servers: [".netease.com"], domains: ["163.com", "126.com", "yeah.net"] },
  naver: { title: "Naver", servers: [".naver.com"], domains: ["naver.com"] },
  comcast: { title: "Comcast", servers: [".comcast.net"], domains: ["comcast.net"] },
  zoho: { title: "Zoho", servers: [".zoho.com", ".zoho.eu", ".zoho.in"], domains: ["zohomail.com"] },
  proton: { title: "Proton", servers: [".protonmail.ch"], domains: ["proton.me", "protonmail.com", "pm.me"] },
  mimecast: {
    title: "Mimecast",
    servers: [".mimecast.com", ".mimecast.co.za", ".mimecast-offshore.com"],
    domains: [],
  },
  proofpoint: { title: "Proofpoint", servers: [".pphosted.com", ".ppe-hosted.com"], domains: [] },
  barracuda: { title: "Barracuda", servers: [".barracudanetworks.com"], domains: [] },
};

/** A name of this group in the limits of an account stands for each group that has no limit of its own. */
export const eachOtherGroup = "other";

const byDomain = new Map(
  Object.entries(receivingGroups).flatMap(([group, { domains }]) => domains.map((domain) => [domain, group] as const)),
);

const byServer = new Map(
  Object.entries(receivingGroups).flatMap(([group, { servers }]) => servers.map((server) => [server, group] as const)),
);

/** The group of a domain that needs no lookup; undefined if its mail servers must be looked up. */
export function groupOfDomain(domain: string): string | undefined {
  return byDomain.get(domain.toLowerCase());
}

/** The group that a mail server (MX) belongs to; undefined if it is none of the large ones. */
export function groupOfServer(server: string): string | undefined {
  const name = server.toLowerCase().replace(/\.$/, "");
  const whole = byServer.get(name);
  if (whole) return whole;
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const group = byServer.get(name.slice(dot));
    if (group) return group;
  }
  return undefined;
}

/** A group in words: the provider, or the domain that makes a group of its own. */
export function groupTitle(group: string): string {
  if (group === eachOtherGroup) return "each other domain";
  return receivingGroups[group]?.title ?? group;
}

/** How many messages a second an account may send to a group by its settings; undefined without a limit. */
export function receivingLimit(
  limits: Readonly<Record<string, { readonly ratePerSecond: number }>>,
  group: string,
): number | undefined {
  return (limits[group] ?? limits[eachOtherGroup])?.ratePerSecond;
}
