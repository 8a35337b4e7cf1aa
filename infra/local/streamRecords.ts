import { DatabaseSync } from "node:sqlite";

/**
 * Puts right what dynoxide leaves undone with the stream records in its file. It reads through all of them at every write
 * to a table with a stream (at ten thousand records 80 ms) and at every poll of the stream: an index makes both
 * instant. And it never forgets one: those older than a day go, as in DynamoDB, but for the last of each table, which
 * the next sequence number is counted from.
 *
 * The file may be open in dynoxide: SQLite lets both work on it.
 */
export function tidyStreamRecords(dataFile: string): void {
  const database = new DatabaseSync(dataFile);
  try {
    database.exec(`
      PRAGMA synchronous = OFF;
      PRAGMA busy_timeout = 5000;
      CREATE INDEX IF NOT EXISTS stream_records_in_order
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
      DELETE FROM _stream_records
        WHERE created_at < unixepoch() - 86400
          AND id NOT IN (SELECT MAX(id) FROM _stream_records GROUP BY table_name);
    `);
  } finally {
    database.close();
  }
}
