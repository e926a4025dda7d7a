import assert from 'node:assert/strict';
import { freePort } from '../../src/cli/temporal-server.ts';
import { issueStatement } from '../../src/gateway/index.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { sharedTemporal } from '../support/stack.ts';
import { eventsOf } from './events.ts';
import { type RoundRobin, startRoundRobin } from './round-robin.ts';
import { type SpawnedGateway, spawnGateway } from './spawned-gateway.ts';
import { type Answer, type Farm, pollUntilDone, signer, startFarm, Tv } from './support.ts';

describe('two gateway processes behind one address', function suite() {
  this.timeout(180_000);
  let farm: Farm;
  let balancer: RoundRobin;
  let gateways: SpawnedGateway[] = [];
  let statement: string;
  before(async () => {
    balancer = await startRoundRobin();
    farm = await startFarm({ env: { GATEWAY_ISSUER: balancer.url } });
    gateways = await Promise.all([gateway(await freePort()), gateway(await freePort())]);
    balancer.upstreams = gateways.map(({ url }) => url);
    const issued = { issuer: balancer.url, app: farm.tvApp };
    ({ statement } = await issueStatement(signer(farm.env), issued));
  });
  after(async () => {
    await Promise.all(gateways.map((one) => one.kill()));
    await balancer.stop();
    await farm.stop();
  });

  async function gateway(port: number): Promise<SpawnedGateway> {
    const { temporal } = await sharedTemporal();
    const { keys, config, sandbox } = farm.stack;
    return spawnGateway({
      ...farm.env,
      GATEWAY_PORT: String(port),
      GATEWAY_DRAIN_MS: '500',
      TEMPORAL_ADDRESS: temporal.address,
      DEVICEPASS_KEYS: keys.export(),
      DEVICEPASS_TASK_QUEUE: config.taskQueue,
      ADOBE_PASS_URL: sandbox.url,
    });
  }
  /** Kills the gateway that has the next request, which loses its answer; and starts it anew. */
  const killAtNextRequest = () => {
    const reborn = new Promise<void>((resolve, reject) => {
      balancer.interrupt = async (upstream) => {
        const index = gateways.findIndex(({ url }) => url === upstream);
        await gateways[index]?.kill();
        gateway(Number(new URL(upstream).port)).then((next) => {
          gateways[index] = next;
          resolve();
        }, reject);
      };
    });
    return reborn;
  };
  /** As a TV does: repeats what found no answer, and nothing else. */
  const repeated = async <T>(send: () => Promise<T>): Promise<{ answer: T; broken: number }> => {
    for (let broken = 0; ; broken += 1) {
      try {
        return { answer: await send(), broken };
      } catch (error) {
        if (!(error instanceof TypeError) || broken > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  /** The gateway lives on and did what it was asked, but the answer is lost on its way. */
  const answerLost = async (send: () => Promise<Answer>): Promise<Answer> => {
    balancer.interrupt = async () => new Promise((resolve) => setTimeout(resolve, 200));
    const { answer, broken } = await repeated(send);
    assert.ok(broken >= 1, 'no answer was lost');
    return answer;
  };
  const killedDuring = async (send: () => Promise<Answer>): Promise<Answer> => {
    const reborn = killAtNextRequest();
    const { answer, broken } = await repeated(send);
    assert.ok(broken >= 1, 'no gateway was killed');
    await reborn;
    return answer;
  };

  it('bring a TV from registration to a play, though one is killed or its answer lost at every request', async () => {
    const tv = new Tv({ url: balancer.url, statement });
    const { body: client } = await answerLost(() => tv.register());
    Object.assign(tv, { clientId: client['client_id'], clientSecret: client['client_secret'] });

    const { body: shown } = await killedDuring(() => tv.authorize());
    const again = await answerLost(() => tv.authorize());
    assert.equal(again.body['device_code'], shown['device_code']);
    const pending = await killedDuring(() => tv.poll(shown['device_code']));
    assert.equal(pending.body['error'], 'authorization_pending');

    const phone = new Tv({ url: balancer.url, statement: '' });
    const path = `/v1/activation/${String(shown['user_code'])}`;
    assert.equal((await answerLost(() => phone.send(path))).status, 200);
    const json = { mvpd: { id: 'NorthCable' } };
    const { body: chosen } = await killedDuring(() => phone.send(path, { json }));

    const reborn = killAtNextRequest(); // the viewer's browser comes back, and nobody hears of it
    await signInAsViewer(String(chosen['url']));
    await reborn;
    const { status, body: token } = await pollUntilDone(tv, shown['device_code']);
    assert.equal(status, 200, JSON.stringify(token));
    const repeat = await answerLost(() => tv.poll(shown['device_code']));
    assert.equal(repeat.body['refresh_token'], token['refresh_token']);

    const { body: fresh } = await killedDuring(() => tv.refresh(token['refresh_token']));
    const access = String(fresh['access_token']);
    const resource = { token: access, json: { resource: 'REF30' } };
    const play = await killedDuring(() => tv.send('/v1/authorize', resource));
    assert.equal(play.body['status'], 'permitted');
    const revoke = { token: String(token['refresh_token']) };
    assert.equal((await answerLost(() => tv.form('/oauth/revoke', revoke))).status, 200);
    assert.equal((await tv.refresh(token['refresh_token'])).body['error'], 'invalid_grant');
  });

  it('end a stream of events with the process, and the TV listens on at the other', async () => {
    const tv = await Tv.registered({ url: balancer.url, statement });
    const { body: shown } = await tv.authorize();
    const [first, second] = gateways;
    assert.ok(first && second);
    const token = await tv.ownToken();
    const lost = eventsOf(first.url, token);
    const { value } = await lost.next();
    assert.equal(value?.data['device_code'], shown['device_code']);
    const over = lost.next().then(
      ({ done }) => done,
      () => true,
    );
    await first.kill();
    assert.equal(await over, true);
    const next = await eventsOf(second.url, token).next();
    assert.equal(next.value?.data['device_code'], shown['device_code']);
    gateways[0] = await gateway(Number(new URL(first.url).port));
  });

  it('one asked to stop answers what it has, and ends with 0 while the other goes on', async () => {
    const tv = await Tv.registered({ url: balancer.url, statement });
    const { body: shown } = await tv.authorize();
    const [first] = gateways;
    assert.ok(first);
    const stopped = first.terminate();
    while (first.child.exitCode === null) {
      const { answer } = await repeated(() => tv.poll(shown['device_code']));
      assert.match(String(answer.body['error']), /^(authorization_pending|slow_down)$/);
    }
    assert.equal(await stopped, 0);
  });
});
