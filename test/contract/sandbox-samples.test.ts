import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import {
  base64,
  type Device,
  deviceHeaders,
  raw,
  type Reply,
  startDevice,
} from '../sandbox/device.ts';
import { leftOut, type Scenario, scenarios } from './sandbox-scenarios.ts';
import { sameShape } from './sandbox-shape.ts';
import { loadSamples, type Sample, samplesFolder } from './samples.ts';

// Fewer would mean that the folder isn't what it was.
const MINIMUM = 20;

/** The documented request with what is ours: token, device, channel, provider and code. */
async function send(
  device: Device,
  sample: Sample,
  {
    mvpd,
    code,
    status,
    samlResponse,
    headers: more,
  }: Pick<Scenario, 'mvpd' | 'status' | 'samlResponse' | 'headers'> & { code: string | undefined },
): Promise<Reply> {
  const { method, path, headers, fields } = sample.request;
  const { Authorization: _token, 'Content-Type': type = '', ...others } = headers;
  const bare = !('AP-Device-Identifier' in headers);
  const ours = Object.fromEntries(
    Object.entries(others).filter(
      ([name]) => !/^(ap-device-identifier|x-device-info)$/i.test(name),
    ),
  );
  const given = {
    ...fields,
    ...('mvpd' in fields && mvpd ? { mvpd } : {}),
    ...(samlResponse ? { SAMLResponse: await samlResponse(device) } : {}),
  };
  const body = type.includes('json')
    ? JSON.stringify(given)
    : new URLSearchParams(given as Record<string, string>).toString();
  return device.call(method, pathOf(path, mvpd, code), {
    bare,
    headers: {
      ...ours,
      ...more,
      ...(status ? { 'AP-Partner-Framework-Status': base64(status) } : {}),
      ...(type ? { 'Content-Type': type } : {}),
    },
    ...(method === 'POST' ? { body } : {}),
  });
}

function pathOf(path: string, mvpd: string | undefined, code: string | undefined): string {
  const url = new URL(path, 'https://sample.invalid');
  const [, api, v2, , ...rest] = url.pathname.split('/');
  const last = code ?? mvpd;
  const isNamed = /\/(sessions|code|profiles|authorize|preauthorize|logout)\/[^/]+$/.test(
    url.pathname,
  );
  const tail = isNamed && last !== undefined ? [...rest.slice(0, -1), last] : rest;
  return `/${[api, v2, 'REF30', ...tail].join('/')}${url.search}`;
}

/** Registration goes without a token; its sample of an error doesn't say what was wrong. */
async function sendToRegistration({ sandbox }: Device, sample: Sample): Promise<Reply> {
  const { path, headers, fields } = sample.request;
  const common = { ...headers, 'X-Device-Info': deviceHeaders['X-Device-Info'] };
  const software = { software_statement: sandbox.softwareStatement() };
  const statement = sample.operation === 'register' ? { ...fields, ...software } : software;
  const registerHeaders = { ...common, 'Content-Type': 'application/json' };
  const register = () =>
    raw(sandbox, 'POST', '/o/client/register', registerHeaders, JSON.stringify(statement));
  if (sample.operation === 'register') return register();
  const { client_id, client_secret } = (await register()).json;
  const known = { ...(fields as Record<string, string>), client_id, client_secret };
  const form = new URLSearchParams(known);
  if (sample.response.status === 400) form.delete('client_secret');
  return raw(sandbox, 'POST', path, common, form.toString());
}

function scenarioOf({ name }: Sample): Scenario | undefined {
  return scenarios[name.replace(/^(.*?--\d\d).*$/, '$1')];
}

describe('contract: the sandbox against the documented samples', () => {
  const samples = loadSamples();
  let ran = 0;

  before(function () {
    if (samplesFolder() === undefined) this.skip();
  });

  for (const sample of samples) {
    const scenario = scenarioOf(sample);
    if (!scenario) continue;
    it(sample.name, async () => {
      const device = await startDevice(scenario.options);
      try {
        const code = (await scenario.prepare?.(device)) ?? undefined;
        const isRegistration = sample.operation === 'register' || sample.operation === 'token';
        const reply = isRegistration
          ? await sendToRegistration(device, sample)
          : await send(device, sample, { ...scenario, code });
        const { response } = sample;
        assert.equal(reply.status, response.status, reply.text);
        assert.equal(reply.type.toLowerCase(), 'application/json;charset=utf-8');
        sameShape(reply.json, response.body);
        ran += 1;
      } finally {
        await device.sandbox.stop();
      }
    });
  }

  it('tries every sample, or says why not', () => {
    const names = readdirSync(samplesFolder() ?? '.').filter((name) => name.endsWith('.json'));
    for (const name of names.map((file) => file.replace(/\.json$/, ''))) {
      const sample = samples.find((one) => one.name === name);
      if (sample && scenarioOf(sample)) continue;
      const [, reason] = leftOut.find(([pattern]) => pattern.test(name)) ?? [];
      assert.ok(reason, `${name} is neither tried nor left out`);
      console.log(`      left out: ${name.slice(0, 70)}: ${reason}`);
    }
  });

  it(`tries at least ${MINIMUM}`, () => {
    console.log(`      ${ran} documented samples were answered in their shape`);
    assert.ok(ran >= MINIMUM, `only ${ran} samples ran`);
  });
});
