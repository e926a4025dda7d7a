/** A made-up provider of the sandbox. */
export interface Mvpd {
  id: string;
  displayName: string;
  /** Base colour of its logo and login page. */
  color: string;
  isTempPass?: true;
  /** A TempPass for a number of titles, by an identity of the viewer. */
  isPromotional?: true;
  /** Each app needs a login of its own: no single sign-on. */
  authPerAggregator?: true;
  /** How far it is on board of Apple's framework, and what it is called there. */
  apple?: {
    boardingStatus: 'SUPPORTED' | 'PICKER';
    platformMappingId: string;
    displayInPlatformPicker: boolean;
    enforcePlatformPermissions?: true;
  };
  /** Has a logout endpoint, so logging out needs a browser ("Logout APIs"). */
  hasLogout?: true;
}

/** A channel, with the MVPDs it has an active integration with. */
export interface ServiceProvider {
  id: string;
  name: string;
  mvpds: readonly string[];
}

/** Every MVPD by id. No name belongs to a real operator. */
export const mvpds: ReadonlyMap<string, Mvpd> = byId<Mvpd>([
  {
    id: 'NorthCable',
    displayName: 'North Cable',
    color: '#1f5fa8',
    hasLogout: true,
    apple: {
      boardingStatus: 'SUPPORTED',
      platformMappingId: 'north-cable',
      displayInPlatformPicker: true,
      enforcePlatformPermissions: true,
    },
  },
  {
    id: 'SkyDish',
    displayName: 'SkyDish',
    color: '#7a2f8f',
    apple: {
      boardingStatus: 'SUPPORTED',
      platformMappingId: 'sky-dish',
      displayInPlatformPicker: false,
    },
  },
  {
    id: 'RiverFiber',
    displayName: 'River Fiber',
    color: '#0f6f62',
    hasLogout: true,
    apple: {
      boardingStatus: 'PICKER',
      platformMappingId: 'river-fiber',
      displayInPlatformPicker: true,
    },
  },
  { id: 'HarborTel', displayName: 'HarborTel', color: '#9a4a12', authPerAggregator: true },
  { id: 'TempPass_Preview', displayName: 'Free Preview', color: '#4a5568', isTempPass: true },
  {
    id: 'TempPass_Daily',
    displayName: 'Free Minutes',
    color: '#3b4a63',
    isTempPass: true,
  },
  {
    id: 'TempPass_Titles',
    displayName: 'Free Titles',
    color: '#2f6b4f',
    isTempPass: true,
    isPromotional: true,
  },
  { id: 'SandboxTest', displayName: 'Test Provider', color: '#8a1f3d' },
]);

/** Every service provider by id. CITYTV lacks HarborTel, to have an inactive integration. */
export const serviceProviders: ReadonlyMap<string, ServiceProvider> = byId<ServiceProvider>([
  { id: 'REF30', name: 'Reference Channel', mvpds: [...mvpds.keys()] },
  {
    id: 'CITYTV',
    name: 'City TV',
    mvpds: [...mvpds.keys()].filter((id) => id !== 'HarborTel'),
  },
]);

/** Domains listed in the configuration. */
export const domains = ['example.com', 'localhost', '127.0.0.1'];

function byId<T extends { id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
