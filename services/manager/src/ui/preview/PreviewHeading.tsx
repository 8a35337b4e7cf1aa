import { Anchor, Badge, Group, Text, Title } from "@mantine/core";
import Link from "next/link";
import type { Order } from "../../api/orders.ts";
import type { Preview } from "../../api/preview.ts";
import { MailingNames } from "../shell/MailingNames.tsx";
import { Moment } from "../shell/Moment.tsx";

/** Which mailing this is, and whether its content is published. */
export function PreviewHeading({
  orderId,
  order,
  preview,
}: {
  readonly orderId: string;
  readonly order: Order | undefined;
  readonly preview: Preview | undefined;
}) {
  return (
    <div>
      <Anchor component={Link} href={`/work-orders/${orderId}`} size="sm">
        ← Work order
      </Anchor>
      <Group gap="sm" align="center" mt={4}>
        <Title order={1} size="h3">
          Preview{order && `: ${order.eventCode} · ${order.subEvent} · ${order.stage}`}
        </Title>
        {preview?.state === "prepared" && (
          <Badge color="green" variant="dot">
            Published
          </Badge>
        )}
        {preview?.state === "draft" && (
          <Badge color="yellow" variant="dot">
            Draft, not published
          </Badge>
        )}
      </Group>
      {order && <MailingNames order={order} />}
      {preview?.state === "prepared" && preview.preparedAt && (
        <Text size="sm" c="dimmed">
          Prepared <Moment at={preview.preparedAt} />
          {preview.contentHash && (
            <>
              , content <code title={preview.contentHash}>{preview.contentHash.slice(0, 12)}</code>
            </>
          )}
        </Text>
      )}
    </div>
  );
}
