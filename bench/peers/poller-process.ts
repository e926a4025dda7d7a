import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { answering } from '../forked.ts';
import { call, FIRST_CONTACT, poll } from './calls.ts';

// No engine at all: rows of PostgreSQL say who waits and when the next poll is due, one loop takes
// those that are due. It survives a crash, for whoever starts next finds the rows; everything else that
// a workflow brings (order, time-outs, what an operator sees) would have to be written.

/** What it says when it is ready. */
export interface PollerReady {
  url: string;
}

const standIn = process.env['STAND_IN_URL'] ?? '';
const intervalMs = Number(process.env['INTERVAL_MS']);
const LOOK_EVERY_MS = 50;
const AT_ONCE = 200;

const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
await pool.query('CREATE TABLE IF NOT EXISTS waiting (code text PRIMARY KEY, due bigint NOT NULL)');
await pool.query('CREATE INDEX IF NOT EXISTS waiting_due ON waiting (due)');
await pool.query('TRUNCATE waiting');

const server = createServer((request, response) => {
  const code = (request.url ?? '').slice(1);
  void (async () => {
    for (const path of FIRST_CONTACT) await call(standIn, path);
    const due = Date.now() + Math.round(Math.random() * intervalMs);
    await pool.query('INSERT INTO waiting (code, due) VALUES ($1, $2)', [code, due]);
    response.end('{}');
  })();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const ready: PollerReady = {
  url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
};
answering(ready, () => ({}));

for (;;) {
  const now = Date.now();
  const { rows } = await pool.query<{ code: string }>(
    `UPDATE waiting SET due = due + $2 WHERE code IN
       (SELECT code FROM waiting WHERE due <= $1 ORDER BY due LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING code`,
    [now, intervalMs, AT_ONCE],
  );
  for (const { code } of rows) void poll(standIn, code).catch(() => {});
  if (rows.length < AT_ONCE) await sleep(LOOK_EVERY_MS);
}
