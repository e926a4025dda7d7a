import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { play, type Played } from '../../bench/capacity/event.ts';
import { Fleet } from '../../bench/capacity/event/fleet.ts';
import { randomOf } from '../../bench/capacity/event/random.ts';
import { Requests } from '../../bench/capacity/event/requests.ts';
import { Room } from '../../bench/capacity/event/room.ts';
import { autoscaler, type Rule, type Seen } from '../../bench/capacity/event/scaling.ts';
import { lengthOf, shape, steadyState } from '../../bench/capacity/event/scenario.ts';
import { ROUND } from './support.ts';

const KICK_OFF = {
  waiting: 12_000,
  signIns: 100,
  pollIntervalS: 15,
  rampS: 600,
  plateauS: 2_700,
  seed: 7,
};

function near(actual: number, expected: number, share: number): void {
  assert.ok(Math.abs(actual / expected - 1) < share, `${actual}, not about ${expected}`);
}

describe('random numbers', () => {
  it('are the same in every run, and others with another seed', () => {
    const ten = (seed: number) => {
      const { next } = randomOf(seed);
      return Array.from({ length: 10 }, next);
    };
    assert.deepEqual(ten(1), ten(1));
    assert.notDeepEqual(ten(1), ten(2));
    assert.ok(ten(1).every((number) => number >= 0 && number < 1));
  });

  it('have the means and the spread that they should have', () => {
    const { normal, poisson } = randomOf(3);
    const all = Array.from({ length: 20_000 }, normal);
    const mean = (of: number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
    assert.ok(Math.abs(mean(all)) < 0.03);
    near(mean(all.map((value) => value ** 2)), 1, 0.03);
    for (const often of [0.5, 20, 400]) {
      const counts = Array.from({ length: 20_000 }, () => poisson(often));
      near(mean(counts), often, 0.02);
      near(mean(counts.map((count) => (count - often) ** 2)), often, 0.05);
    }
  });
});

describe('a room of the simulation', () => {
  it('lets devices go when their wait ends, and says who signed in', () => {
    const room = new Room(100);
    room.enter(10, true);
    room.enter(10, false);
    room.enter(20, true);
    assert.equal(room.waiting, 3);
    assert.deepEqual([room.end(9), room.end(10), room.waiting], [0, 1, 1]);
  });

  it('polls late what it can not poll in time, the oldest first', () => {
    const room = new Room(100);
    for (let device = 0; device < 30; device += 1) room.enter(90, true);
    assert.deepEqual(room.poll(10, 6), { made: 6, late: 4 });
    assert.deepEqual(room.poll(10, 6), { made: 6, late: 8 });
    assert.deepEqual(room.poll(0, 100), { made: 8, late: 0 });
  });

  it('owes each device one poll at most', () => {
    const room = new Room(100);
    for (let device = 0; device < 30; device += 1) room.enter(90, true);
    for (let second = 0; second < 50; second += 1) room.poll(10, 0);
    assert.equal(room.poll(0, 1_000).made, 30);
  });

  it('loses nobody who moves', () => {
    const [from, to, other] = [new Room(100), new Room(100), new Room(100)];
    for (const endsAt of [10, 20, 30]) from.enter(endsAt, endsAt !== 20);
    from.moveTo([to, other], 0.5, 5);
    assert.deepEqual([from.waiting, to.waiting, other.waiting], [1.5, 0.75, 0.75]);
    const ended = [10, 20, 30].map((at) => [from, to, other].map((room) => room.end(at)));
    assert.deepEqual(ended, [
      [0.5, 0.25, 0.25],
      [0, 0, 0],
      [0.5, 0.25, 0.25],
    ]);
    assert.deepEqual([from.waiting, to.waiting, other.waiting], [0, 0, 0]);
  });
});

describe('a fleet of the simulation', () => {
  it('has a new worker when that has started', () => {
    const fleet = new Fleet(2, 45, 100);
    fleet.resize(5, 10);
    assert.deepEqual([fleet.size, fleet.rooms.length], [5, 2]);
    fleet.start(54);
    assert.equal(fleet.rooms.length, 2);
    fleet.start(55);
    assert.equal(fleet.rooms.length, 5);
  });

  it('stops those first that have not started', () => {
    const fleet = new Fleet(2, 45, 100);
    fleet.rooms[1]?.enter(90, true);
    fleet.resize(5, 10);
    fleet.resize(2, 20);
    assert.deepEqual([fleet.size, fleet.hall.waiting], [2, 0]);
    fleet.resize(1, 30);
    assert.deepEqual([fleet.size, fleet.hall.waiting, fleet.waiting], [1, 1, 1]);
  });

  it('takes in whose room is gone, so many a second', () => {
    const fleet = new Fleet(3, 45, 100);
    for (let device = 0; device < 300; device += 1) fleet.rooms[2]?.enter(90, true);
    fleet.resize(2, 10);
    assert.equal(fleet.takeIn(60, 11), 120);
    assert.equal(fleet.takeIn(60, 12), 120);
    assert.equal(Math.round(fleet.takeIn(60, 13)), 60);
    near(fleet.rooms[0]?.waiting ?? 0, 150, 0.001);
    near(fleet.end(90), 300, 0.001);
  });
});

describe('requests of the simulation', () => {
  it('are served as far as there is time for them', () => {
    const requests = new Requests();
    requests.add(100, 3_000);
    assert.deepEqual(requests.serve(1_000), { servedMs: 1_000, tooLate: 0 });
    assert.equal(Math.round(requests.tasks), 67);
    assert.equal(requests.serve(5_000).servedMs, 2_000);
    assert.equal(requests.tasks, 0);
  });

  it('are gone after seven seconds', () => {
    const requests = new Requests();
    requests.add(100, 10_000);
    const { tooLate } = requests.serve(1_000);
    assert.equal(Math.round(tooLate), 20); // 9 s of work are left, and who waits for the last two goes
    assert.equal(Math.round(requests.tasks), 70);
  });
});

describe('scaling', () => {
  const scaler = (rule: Rule) =>
    autoscaler({ rule, devicesPerWorker: 1_000, coresPerWorker: 0.5, least: 2, most: 40 });
  const seen = (some: Partial<Seen>): Seen => ({
    waiting: 0,
    cores: 0,
    backlog: 0,
    workers: 2,
    ...some,
  });

  it('goes by the devices that wait, by CPU, or by the backlog', () => {
    const busy = seen({ waiting: 6_100, cores: 4.1, backlog: 0, workers: 8 });
    assert.equal(scaler('slots')({ ...busy, workers: 4 }), 7);
    assert.equal(scaler('slots-and-cpu')({ ...busy, workers: 4 }), 8);
    assert.equal(scaler('slots-and-cpu')({ ...busy, cores: 1, workers: 4 }), 7);
    assert.equal(scaler('backlog')(busy), 2);
    assert.equal(scaler('backlog')({ ...busy, backlog: 60 }), 12);
  });

  it('doubles, or adds four, and stays within its bounds', () => {
    assert.equal(scaler('slots')(seen({ waiting: 90_000, workers: 2 })), 6);
    assert.equal(scaler('slots')(seen({ waiting: 90_000, workers: 12 })), 24);
    assert.equal(scaler('slots')(seen({ waiting: 90_000, workers: 30 })), 40);
  });

  it('ignores a tenth', () => {
    assert.equal(scaler('slots')(seen({ waiting: 10_900, workers: 10 })), 10);
    assert.equal(scaler('slots')(seen({ waiting: 11_100, workers: 10 })), 12);
  });

  it('shrinks to the most that was wanted in five minutes', () => {
    const scale = scaler('slots');
    scale(seen({ waiting: 9_500, workers: 9 }));
    for (let look = 1; look < 20; look += 1) {
      assert.equal(scale(seen({ waiting: 2_000, workers: 9 })), 9, `look ${look}`);
    }
    assert.equal(scale(seen({ waiting: 2_000, workers: 9 })), 2);
  });
});

describe('a kick-off', () => {
  const fleet = { least: 2, startsWithinS: 45 };
  let played: Played[];
  before(() => {
    played = play(KICK_OFF, fleet, ROUND);
  });
  const of = (rule: Rule) => {
    const found = played.find((one) => one.rule === rule);
    assert.ok(found);
    return found;
  };

  it('rises, stays, and falls', () => {
    const shares = [0, 300, 600, 2_000, 3_300, 3_600, 3_900, 5_000].map((at) =>
      shape(at, KICK_OFF).toFixed(2),
    );
    assert.deepEqual(shares, ['0.00', '0.50', '1.00', '1.00', '1.00', '0.50', '0.00', '0.00']);
    assert.equal(lengthOf(KICK_OFF), 5_700);
  });

  it('has the steady state that was asked for', () => {
    const late = of('slots-and-cpu').minutes.slice(45, 55);
    for (const { waiting, signIns } of late) {
      near(waiting, 12_000, 0.04);
      near(signIns, 100, 0.05);
    }
  });

  it('is the same in every run', () => {
    const again = play(KICK_OFF, fleet, ROUND);
    assert.deepEqual(again, played);
    const other = play({ ...KICK_OFF, seed: 8 }, fleet, ROUND);
    assert.notDeepEqual(other, played);
  });

  it('has the same viewers whatever the fleet does', () => {
    const [first, ...others] = played.map(({ totals }) => Math.round(totals.signIns));
    for (const signIns of others) near(signIns, first ?? 0, 0.001);
  });

  it('keeps its promises where workers follow the devices that wait and the CPU', () => {
    const { totals } = of('slots-and-cpu');
    assert.ok(totals.latePercent < 2 && totals.tooLatePercent < 0.5, JSON.stringify(totals));
  });

  it('breaks them where workers follow the backlog, and hands rooms over again and again', () => {
    const { totals: good } = of('slots-and-cpu');
    const { totals: bad } = of('backlog');
    assert.ok(bad.latePercent > 5 * good.latePercent && bad.latePercent > 10, JSON.stringify(bad));
    assert.ok(bad.handedOver > 3 * good.handedOver);
  });

  it('is refused where nobody has time to sign in', () => {
    assert.throws(() => steadyState({ ...KICK_OFF, waiting: 1_000 }), /give more --waiting/);
  });
});

describe('bench event', function () {
  this.timeout(60_000);
  const bench = async (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/index.ts', 'event', ...args]);

  it('prints one line of JSON', async () => {
    const { stdout } = await bench('--waiting', '1200', '--sign-ins', '10', '--json');
    assert.equal(stdout.trimEnd().split('\n').length, 1);
    const { played } = JSON.parse(stdout) as { played: { rule: string; minutes: unknown[] }[] };
    assert.deepEqual(
      played.map(({ rule, minutes }) => [rule, minutes.length]),
      [
        ['slots-and-cpu', 95],
        ['slots', 95],
        ['backlog', 95],
      ],
    );
  });

  it('says in one line what it can not play', async () => {
    await assert.rejects(bench('--waiting', 'many'), ({ stderr }: { stderr: string }) =>
      /^--waiting is "many": give a number above 0\n$/.test(stderr),
    );
  });
});
