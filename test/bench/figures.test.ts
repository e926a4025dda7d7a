import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { bars } from '../../bench/bars.ts';
import { actionsAt } from '../../bench/temporal/server.ts';
import { usageOf } from '../../bench/usage.ts';
import { pollFigures } from '../../bench/waiting.ts';

describe('figures of benchmarks', () => {
  it('says how many polls were done, and how late, by the poll before', () => {
    const since = 1_000_000;
    // Due every second: one device in time, one that was late once by 500 ms and missed the end.
    const inTime = [-1_000, 0, 1_000, 2_000, 3_000];
    const late = [-500, 1_000, 2_000];
    const polls = [
      ...inTime.map((at): [string, number] => ['A', since + at]),
      ...late.map((at): [string, number] => ['B', since + at]),
    ];
    const figures = pollFigures(polls, { since, seconds: 4, devices: 2, intervalMs: 1_000 });
    assert.equal(figures['polls a second'], 6 / 4);
    assert.equal(figures['polls done of those due, %'], 75);
    assert.equal(figures['late p50 ms'], 0);
    assert.equal(figures['late max ms'], 500);
  });

  it("adds up what Temporal bills, with a task's markers as one", async () => {
    const metrics = [
      '# TYPE action counter',
      'action{action_type="grpc_SignalWorkflowExecution",namespace="a",service_name="frontend"} 3',
      'action{action_type="grpc_SignalWorkflowExecution",namespace="b",service_name="frontend"} 2',
      'action{action_type="command_RecordMarker",namespace="a"} 9',
      'action{action_type="command_BatchMarkers",namespace="a"} 4',
      'service_requests{action_type="nothing"} 7',
    ];
    const server = createServer((_request, response) => void response.end(metrics.join('\n')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    try {
      assert.deepEqual(Object.fromEntries(await actionsAt(`http://127.0.0.1:${port}`)), {
        grpc_SignalWorkflowExecution: 5,
        command_BatchMarkers: 4,
      });
    } finally {
      server.close();
    }
  });

  it('counts the CPU time that a process used, and nothing for one that is not there', async function linux() {
    if (process.platform !== 'linux') return this.skip();
    const before = await usageOf(process.pid);
    const until = Date.now() + 300;
    while (Date.now() < until) Math.sqrt(Date.now());
    const { cpuS, memoryMb } = await usageOf(process.pid);
    assert(cpuS - before.cpuS >= 0.1, `${cpuS - before.cpuS} s of CPU time`);
    assert(memoryMb > 10);
    assert(Number.isNaN((await usageOf(undefined)).cpuS));
  });

  it('draws a bar for each, escaped, the longest for the most', () => {
    const svg = bars('A <poll>', 'ms', [
      { name: 'ours & best', value: 1, ours: true },
      { name: 'theirs', value: 4 },
    ]);
    assert(svg.includes('A &lt;poll>') && svg.includes('ours &amp; best'));
    const widths = [...svg.matchAll(/<rect .*?width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    assert.equal(widths.length, 2);
    assert.equal((widths[1] ?? 0) / (widths[0] ?? 1), 4);
  });
});
