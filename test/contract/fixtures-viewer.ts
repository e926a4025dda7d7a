import { MADE_AT, v2Input } from './fixture-device.ts';
import { bearer, json, listed } from './fixture-headers.ts';
import type { Fixture } from './fixture-headers.ts';

const profileBody = {
  notBefore: 1_800_000_000_000,
  notAfter: 1_802_592_000_000,
  issuer: 'BlueCable',
  type: 'regular',
  attributes: {
    userID: { value: 'u-77', state: 'plain' },
    zip: { value: 'c2VhbGVk', state: 'enc' },
  },
};
const blueCable = { mvpd: 'BlueCable', ...profileBody };
const denial = {
  status: 403,
  code: 'authorization_denied_by_mvpd',
  action: 'none',
  message: 'Not in the package.',
  details: 'Ask your provider.',
  helpUrl: 'https://help.example/denied',
  trace: 'trace-5',
};

/** Profiles, decisions and logout. */
export const viewerFixtures: Fixture[] = [
  {
    operation: 'profiles',
    invoke: (pass) => pass.profiles(v2Input),
    request: { method: 'GET', path: '/api/v2/CINEMA/profiles', headers: listed, body: '' },
    response: { status: 200, body: { profiles: { BlueCable: profileBody } } },
    expected: [blueCable],
  },
  {
    operation: 'profileByMvpd',
    invoke: (pass) => pass.profileByMvpd({ ...v2Input, mvpd: 'BlueCable' }),
    request: {
      method: 'GET',
      path: '/api/v2/CINEMA/profiles/BlueCable',
      headers: listed,
      body: '',
    },
    response: { status: 200, body: { profiles: { BlueCable: profileBody } } },
    expected: blueCable,
  },
  {
    operation: 'profileByCode',
    invoke: (pass) => pass.profilesByCode({ ...v2Input, code: 'QW12ER' }),
    request: {
      method: 'GET',
      path: '/api/v2/CINEMA/profiles/code/QW12ER',
      headers: bearer,
      body: '',
    },
    response: { status: 200, body: { profiles: { BlueCable: profileBody } } },
    expected: [blueCable],
  },
  {
    operation: 'preauthorize',
    invoke: (pass) =>
      pass.preauthorize({ ...v2Input, mvpd: 'BlueCable', resources: ['movies', 'news'] }),
    request: {
      method: 'POST',
      path: '/api/v2/CINEMA/decisions/preauthorize/BlueCable',
      headers: { ...listed, ...json },
      body: '{"resources":["movies","news"]}',
    },
    response: {
      status: 200,
      body: {
        decisions: [
          { resource: 'movies', mvpd: 'BlueCable', source: 'mvpd', authorized: true },
          {
            resource: 'news ',
            mvpd: 'BlueCable',
            source: 'mvpd',
            authorized: false,
            error: denial,
          },
        ],
      },
    },
    expected: [
      { resource: 'movies', authorized: true, source: 'mvpd' },
      { resource: 'news', authorized: false, source: 'mvpd', error: denial },
    ],
  },
  {
    operation: 'authorize',
    invoke: (pass) => pass.authorize({ ...v2Input, mvpd: 'BlueCable', resources: ['movies'] }),
    request: {
      method: 'POST',
      path: '/api/v2/CINEMA/decisions/authorize/BlueCable',
      headers: { ...listed, ...json },
      body: '{"resources":["movies"]}',
    },
    response: {
      status: 200,
      body: {
        decisions: [
          {
            resource: 'movies',
            serviceProvider: 'CINEMA',
            mvpd: 'BlueCable',
            source: 'mvpd',
            authorized: true,
            token: {
              notBefore: MADE_AT,
              notAfter: MADE_AT + 420_000,
              serializedToken: 'b3BhcXVl',
            },
            notBefore: MADE_AT,
            notAfter: MADE_AT + 3_600_000,
          },
        ],
      },
    },
    expected: [
      {
        resource: 'movies',
        authorized: true,
        source: 'mvpd',
        mediaToken: { value: 'b3BhcXVl', notBefore: MADE_AT, notAfter: MADE_AT + 420_000 },
        notBefore: MADE_AT,
        notAfter: MADE_AT + 3_600_000,
      },
    ],
  },
  {
    operation: 'logout',
    invoke: (pass) =>
      pass.logout({ ...v2Input, mvpd: 'BlueCable', redirectUrl: 'https://cinema.example/bye' }),
    request: {
      method: 'GET',
      path: '/api/v2/CINEMA/logout/BlueCable?redirectUrl=https%3A%2F%2Fcinema.example%2Fbye',
      headers: listed,
      body: '',
    },
    response: {
      status: 200,
      body: {
        logouts: {
          BlueCable: {
            actionName: 'logout',
            actionType: 'interactive',
            mvpd: 'BlueCable',
            url: 'https://sp.auth.adobe.com/adobe-services/logout?id=1',
          },
        },
      },
    },
    expected: [
      {
        mvpd: 'BlueCable',
        actionName: 'logout',
        actionType: 'interactive',
        url: 'https://sp.auth.adobe.com/adobe-services/logout?id=1',
      },
    ],
  },
];
