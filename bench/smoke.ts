import { readOptions } from './options.ts';
import { CONTACTS, type Design, WAITING } from './peers/designs.ts';
import { compare, measureContacts, measureWaits } from './peers/index.ts';
import { onProcesses } from './processes.ts';
import { type Figures, report } from './report.ts';
import { brokenPromise, p95OfSignIns } from './sign-in.ts';

/**
 * The most that devicepass may cost of what the peer beside it costs, on any machine. It is about a
 * fifth and a half: the rest is for machines that do other things at the same time.
 */
const POLL_AT_MOST = 1 / 2;
const CONTACT_AT_MOST = 3 / 4;

/**
 * In about a minute: whether waiting and first contacts still cost a fraction of what peers cost, and
 * whether the app still knows of a sign-in as soon as is promised.
 */
export async function smoke(args: string[]): Promise<void> {
  const options = {
    ...readOptions(args, { devices: 200, rate: 100, seconds: 6, contacts: 80 }),
    // The least that the settings allow: many polls in little time.
    interval: 3,
    'at-once': 8,
    rounds: 1,
  };
  await onProcesses(options, async (started) => {
    // What is billed is not asked for here: each look at it takes seconds.
    const { actions: _billed, ...temporal } = started.temporal;
    const processes = { ...started, temporal };
    const waits = await compare(
      pair(WAITING, 'activity retried by the server'),
      processes,
      options,
      measureWaits,
    );
    const contacts = await compare(
      pair(CONTACTS, 'an activity for each call'),
      processes,
      options,
      measureContacts,
    );
    const p95 = await p95OfSignIns(started);
    const poll = ratio(waits, 'CPU ms of all a poll');
    const contact = ratio(contacts, 'CPU ms of all');
    await report(options, 'smoke', 'devicepass against the peer that comes closest to it', {
      'CPU of a poll, against activity retry': poll,
      'CPU of a first contact, against an activity for each call': contact,
      'polls done of those due, %': waits['devicepass']?.['polls done of those due, %'] ?? 0,
      'from the return of a browser to the app knowing, p95 ms': p95,
    });
    const late = brokenPromise(p95);
    const broken = [
      ...(poll <= POLL_AT_MOST ? [] : [`a poll costs ${poll.toFixed(2)} of activity retry`]),
      ...(contact <= CONTACT_AT_MOST
        ? []
        : [`a first contact costs ${contact.toFixed(2)} of an activity for each call`]),
      ...(late === undefined ? [] : [late]),
    ];
    if (broken.length > 0) throw new Error(`${broken.join('; ')}: more than it may`);
  });
}

/** Ours, and one peer. */
function pair(designs: readonly Design[], name: string): Design[] {
  return designs.filter((design) => design.ours || design.name === name);
}

function ratio(byDesign: Record<string, Figures>, figure: string): number {
  const [ours, peer] = Object.values(byDesign).map((figures) => figures[figure] ?? Number.NaN);
  return (ours ?? Number.NaN) / (peer ?? Number.NaN);
}
