/** The process is alive; no dependency is checked. */
export const dynamic = "force-static";

export function GET() {
  return Response.json({ status: "alive" });
}
