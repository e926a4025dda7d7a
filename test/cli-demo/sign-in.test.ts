import assert from 'node:assert/strict';
import { untilSignedIn } from '../../src/cli/demo/sign-in.ts';
import type { Stage } from '../../src/cli/demo/stage.ts';
import type { DeviceAuthorization, Television } from '../../src/cli/demo/television.ts';
import { Timeline } from '../../src/cli/demo/timeline.ts';

const shown: DeviceAuthorization = {
  device_code: 'd',
  user_code: 'ABCDEFG',
  verification_uri: 'https://tv.example.com/activate',
  expires_in: 1_800,
  interval: 5,
};

describe('the TV of the demo', () => {
  it('listens on when a stream of events ends with its token, and shows a code once', async () => {
    const screens: string[] = [];
    const showCode = async (code: string) => void screens.push(code);
    const gateway = { screen: { showCode }, issuer: '', returnedAt: () => undefined };
    const streams = [
      [{ event: 'code', data: shown }],
      [],
      [
        { event: 'code', data: shown },
        { event: 'signed-in', data: { mvpd: { id: 'NorthCable' } } },
      ],
    ];
    const tv = {
      async *events() {
        yield* streams.shift() ?? assert.fail('there is no fourth');
      },
    };
    const phases: string[] = [];
    const known = await untilSignedIn(
      { gateway } as unknown as Stage,
      tv as unknown as Television,
      new Timeline(() => {}, false),
      {
        flow: 'basic',
        once: false,
        json: true,
        statement: false,
        host: '127.0.0.1',
        username: 'viewer',
        password: 'demo',
      },
      shown,
      phases,
    );
    assert.equal(known.mvpd, 'NorthCable');
    assert.deepEqual(phases, ['awaiting-login', 'signed-in']);
    assert.deepEqual(screens, ['ABCDEFG']);
  });
});
