/** What Adobe says to do about an error ("Enhanced error codes"). Registration has none of these. */
export type Action =
  | 'none'
  | 'configuration'
  | 'application-registration'
  | 'authentication'
  | 'authorization'
  | 'retry';

/** Where an error may stand: at the top of the answer to a call, or at one item of it. */
export type Place =
  | 'register'
  | 'token'
  /** The look for a profile that is there already, before a session is opened. */
  | 'profiles'
  /** The profile of a trial that somebody asks for. */
  | 'trial'
  | 'createSession'
  | 'resumeSession'
  | 'retrieveSession'
  | 'profileByCode'
  | 'preauthorize'
  | 'preauthorize item'
  | 'authorize'
  | 'authorize item'
  | 'logout';

/** A documented error code of REST API V2 or of Dynamic Client Registration. */
export interface ErrorCode {
  code: string;
  /** In the error object; of an error at the top also the HTTP status. */
  status: number;
  /** Adobe's; for registration, whose errors have none, the one of the same remedy. */
  action: Action;
  places: readonly Place[];
  /** Who can do something about it. */
  acts: 'viewer' | 'app' | 'operator' | 'nobody';
  /** In words for people who look it up. */
  meaning: string;
  /** What is over with it, besides what its action asks for. */
  ends?: 'profile' | 'session' | 'trial' | 'titles' | 'code';
  /** Which setting of the app only operators can correct, though Adobe gives it no such action. */
  setting?: 'softwareStatement' | 'serviceProvider';
}
