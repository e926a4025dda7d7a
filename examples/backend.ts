import { existsSync } from 'node:fs';
import { connect } from '../src/client.ts';

if (existsSync('.env')) process.loadEnvFile(); // as the commands do
process.once('uncaughtException', ({ message }) => {
  console.error(message); // one line: what went wrong, and what to do
  process.exit(1);
});

const pass = await connect({
  keys: process.env['DEVICEPASS_KEYS'] ?? '', // the workers' key ring
  taskQueue: process.env['DEVICEPASS_TASK_QUEUE'] ?? 'devicepass',
  returnUrl: process.env['RETURN_URL'] ?? 'https://tv.example.com/return', // see browserReturned()
});

const tv = pass.device({
  app: process.env['APP'] ?? 'tv', // an app of the workers' apps.json
  id: process.env['DEVICE_ID'] ?? 'the id that your TV app keeps',
  facts: { model: 'X1', version: '2026', osName: 'Linux', osVersion: '6', connectionType: 'LAN' },
  ip: '203.0.113.7', // of the TV, as your server sees it
});

// Signs in, or opens a session with a code; then waits for the viewer.
for await (const standing of tv.watch({ authenticate: {}, until: 'signed-in' })) {
  if (standing.status === 'pending') console.log(`Show on the TV: ${standing.code}`);
  if (standing.status === 'signed-in') console.log(`Signed in with ${standing.profile.mvpd.id}`);
  if (standing.status === 'signed-out') throw new Error(`nobody signed in: ${standing.reason}`);
}

const play = await tv.authorize(process.env['RESOURCE'] ?? 'my-channel'); // before every play
if (play.status === 'permitted')
  console.log(`Media token: ${play.mediaToken.value.slice(0, 12)}...`);
else console.log(`Tell the viewer: ${play.message}`);

await pass.close();
