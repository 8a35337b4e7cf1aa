/**
 * Replaces addresses in tags and style sheets of a template, its text stays: quoted and unquoted attribute values, the
 * entries of `srcset`, and `url(…)`. `addressFor` gets a relative address as a path, decoded; undefined keeps what was
 * there. Takes time in proportion to the size, whatever it is given.
 */
export function rewriteAddresses(html: string, addressFor: (relative: string) => string | undefined): string {
  const replaced = (raw: string): string | undefined => {
    const relative = decoded(raw.trim());
    return /^(?:[a-z][\w+.-]*:|\/\/|#)/i.test(relative) ? undefined : addressFor(relative.replaceAll("\\", "/"));
  };
  const inValue = (value: string): string =>
    replaced(value) ?? value.replace(/[^\s,()'"]+/g, (word) => replaced(word) ?? word);
  const inTag = (tag: string): string =>
    tag.replace(
      /=(\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g,
      (_, blank: string, double?: string, single?: string, bare = "") => {
        if (double !== undefined) return `=${blank}"${inValue(double)}"`;
        if (single !== undefined) return `=${blank}'${inValue(single)}'`;
        return `=${blank}${replaced(bare) ?? bare}`;
      },
    );
  const inTags = (part: string): string => part.replace(/<[a-z!/][^<>]*>/gi, inTag);
  const inStyle = (style: string): string =>
    style.replace(/url\(([^()]*)\)/gi, (whole, inside: string) => {
      const bare = inside.trim().replace(/^(["'])(.*)\1$/s, "$2");
      const other = replaced(bare);
      return other === undefined ? whole : `url("${other}")`;
    });

  let done = "";
  let at = 0;
  for (const { start, end } of styleSheets(html)) {
    done += inTags(html.slice(at, start)) + inStyle(html.slice(start, end));
    at = end;
  }
  return done + inTags(html.slice(at));
}

/** Where the text of each `style` element is. */
function styleSheets(html: string): { readonly start: number; readonly end: number }[] {
  const lowerCase = html.toLowerCase();
  const found: { start: number; end: number }[] = [];
  const opening = /<style\b[^<>]*>/g;
  for (let tag = opening.exec(lowerCase); tag; tag = opening.exec(lowerCase)) {
    const start = opening.lastIndex;
    const end = lowerCase.indexOf("</style", start);
    if (end < 0) break;
    found.push({ start, end });
    opening.lastIndex = end;
  }
  return found;
}

/** An address as a path: character references and percent-encoding taken out, without query and fragment. */
function decoded(raw: string): string {
  const text = raw.replaceAll("&amp;", "&").replaceAll("&#39;", "'").replaceAll("&quot;", '"');
  const path = text.replace(/[?#].*$/s, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
