"use client";
import { SegmentedControl, Stack } from "@mantine/core";
import { DateTimeInputs } from "../form/DateTimeInputs.tsx";
import { useOptions } from "../orders/useOptions.ts";
import { viewerZone } from "../shell/momentText.ts";
import styles from "./SendDialog.module.css";
import type { StartTime } from "./useStartTime.ts";

/** When a Send starts: at once, or at a time in the zone of the user, of the organisation, or in UTC. */
export function StartTimeField({ start }: { readonly start: StartTime }) {
  const { options } = useOptions();
  const zones = [...new Set([viewerZone(), ...(options ? [options.timeZone] : []), "UTC"])];
  return (
    <Stack gap="xs" role="group" aria-label="When Send starts" className={styles.start}>
      <SegmentedControl
        fullWidth
        data={[
          { value: "now", label: "Start now" },
          { value: "later", label: "Start at …" },
        ]}
        aria-label="When Send starts"
        value={start.isLater ? "later" : "now"}
        onChange={(value) => start.change({ isLater: value === "later" })}
      />
      {start.isLater && (
        <DateTimeInputs
          id="start-date"
          label="Date"
          date={start.date}
          time={start.time}
          zone={start.zone}
          zones={zones}
          onDate={(date) => start.change({ date })}
          onTime={(time) => start.change({ time })}
          onZone={(zone) => start.change({ zone })}
          fault={start.fault}
          note={start.note}
        />
      )}
    </Stack>
  );
}
