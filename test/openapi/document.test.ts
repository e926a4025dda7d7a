import assert from 'node:assert/strict';
import { type Farm, startFarm, Tv } from '../gateway/support.ts';
import { bySandbox } from '../media-tokens/support.ts';
import { bySubject } from '../service-tokens/support.ts';

/** As much of the document as is looked at here. */
interface Operation {
  operationId?: string;
  summary?: string;
  security?: object[];
  requestBody?: { content: Record<string, Media> };
  parameters?: { name: string; in: string; required?: boolean }[];
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}
type Media = { schema: { $ref?: string }; example?: unknown; examples?: object };
interface Schema {
  oneOf?: { $ref?: string }[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
  additionalProperties?: boolean;
  required?: string[];
}

describe("the API's description, for those who generate clients from it", () => {
  let farm: Farm;
  let tv: Tv;
  let text: string;
  let operations: Operation[];
  let schemas: Record<string, Schema>;
  before(async () => {
    farm = await startFarm({ mediaTokens: bySandbox, serviceTokens: bySubject });
    tv = await Tv.registered(farm);
    const { status, body } = await tv.send('/openapi.json');
    assert.equal(status, 200, JSON.stringify(body));
    text = JSON.stringify(body);
    const paths = body['paths'] as Record<string, Record<string, Operation>>;
    operations = Object.values(paths).flatMap((path) => Object.values(path));
    ({ schemas } = body['components'] as { schemas: Record<string, Schema> });
  });
  after(() => farm.stop());

  it('names each operation, says who may call it, and shows each body', () => {
    const ids = operations.map(({ operationId }) => operationId);
    assert.ok(
      ids.every((id) => /^[a-z][A-Za-z]+$/.test(id ?? '')),
      String(ids),
    );
    assert.equal(new Set(ids).size, ids.length);
    for (const { operationId, summary, security, requestBody, responses } of operations) {
      assert.ok(summary && security, operationId);
      const answers = Object.values(responses);
      assert.ok(
        answers.every(({ description }) => description.length > 10),
        operationId,
      );
      for (const { content = {} } of [...answers, ...(requestBody ? [requestBody] : [])]) {
        for (const { schema, example, examples } of Object.values(content)) {
          assert.ok(schema.$ref, `${operationId}: a body has a name`);
          assert.ok(example ?? examples, `${operationId}: ${schema.$ref} is shown`);
        }
      }
    }
  });

  it('says nothing that is none: no bounds of numbers, patterns of dates, words of defaults', () => {
    assert.ok(!/9007199254740991|Default Response|"const"/.test(text));
    const longest = Math.max(
      ...(text.match(/"pattern":"[^"]*"/g) ?? []).map(({ length }) => length),
    );
    assert.ok(longest < 100, String(longest));
  });

  it('tells the variants of each union apart by a property, by name', () => {
    const unions = Object.entries(schemas).filter(([, { oneOf }]) => oneOf);
    assert.ok(unions.length >= 4);
    for (const [name, { oneOf = [], discriminator }] of unions) {
      const named = oneOf.map(({ $ref }) => $ref);
      assert.deepEqual(Object.values(discriminator?.mapping ?? {}), named, name);
    }
  });

  it('leaves answers open, and requests of the API strict', async () => {
    const used = (media: Record<string, Media> = {}) =>
      Object.values(media).map(({ schema }) => schema.$ref?.split('/').at(-1) ?? '');
    const strict = Object.keys(schemas).filter(
      (name) => schemas[name]?.additionalProperties === false,
    );
    const asked = operations.flatMap(({ requestBody }) => used(requestBody?.content));
    assert.ok(strict.length >= 5 && strict.every((name) => asked.includes(name)), String(strict));
    const { status, body } = await tv.send('/v1/authenticate', {
      token: await tv.ownToken(),
      json: { mvpd: { id: 'NorthCable' }, redirectURL: 'https://tv.example.com/' },
    });
    assert.equal(status, 400);
    assert.match(String(body['message']), /redirectURL/);
  });

  it('takes an entry of a picker as it came', async () => {
    const token = await tv.ownToken();
    const { body } = await tv.send('/v1/mvpds', { token });
    const [first] = body['mvpds'] as object[];
    const json = { mvpd: { ...first, added: 'in a later version' }, screen: 'second' };
    const { status } = await tv.send('/v1/authenticate', { token, json });
    assert.equal(status, 200);
  });

  it('names the header by which a page of somebody else’s tells browsers apart', () => {
    const counting = operations
      .filter(({ parameters = [] }) =>
        parameters.some(({ name, in: where }) => where === 'header' && /browser$/i.test(name)),
      )
      .map(({ operationId }) => operationId);
    const all = ['checkCode', 'listProvidersOfCode', 'chooseProvider'];
    assert.deepEqual(new Set(counting), new Set(all));
  });

  it('has the headers of a TV at every operation that leads to Adobe with them', () => {
    const taking = operations
      .filter(({ parameters = [] }) =>
        parameters.some(({ name }) => name === 'ap-partner-framework-status'),
      )
      .map(({ operationId = '' }) => operationId);
    const needing = operations
      .map(({ operationId = '' }) => operationId)
      .filter((id) =>
        /partner|household|logout|authorize$|^authenticate$|^listProfiles$/i.test(id),
      );
    assert.ok(needing.length >= 9, String(needing));
    assert.deepEqual(
      needing.filter((id) => !taking.includes(id)),
      [],
    );
  });

  it('asks for the fields without which a request is refused', () => {
    assert.deepEqual(schemas['TokenRequest']?.required, ['grant_type']);
    assert.deepEqual(schemas['RevocationRequest']?.required, ['token']);
  });
});
