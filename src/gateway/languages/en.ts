/** Every word that a viewer reads, in English. Other languages have the same keys. */
export const en = {
  lang: 'en',
  name: 'English',
  step: (step: number, of: number) => `Step ${step} of ${of}`,
  error: 'Error',
  code: {
    title: 'Connect your TV',
    lead: 'Your TV shows a code. Type it here to sign in with your TV provider.',
    label: 'Code on your TV',
    hint: 'Capital or small letters, with or without spaces: all the same.',
    submit: 'Continue',
    scannedTitle: 'Is this the code on your TV?',
    scannedLead: 'Look at your TV. Go on only if you see exactly this code there.',
    scannedSubmit: 'Yes, this is my code',
    missing: 'Type the code that your TV shows.',
  },
  unknown: {
    title: 'That code does not work',
    messages: {
      unknown: 'It may be mistyped, too old, or already used.',
      old: 'It is too old. Your TV shows a new one by now.',
      shared:
        'Several phones in different places opened it, so it has ended. Your TV gives a new one.',
    },
    check: 'Look at your TV again: it may show a new code by now. Type the one you see there.',
    renew: 'No code on your TV? Choose “Sign in” there and a new one appears.',
  },
  used: {
    title: 'Your TV is already signed in',
    message: 'This code has done its work. You can go back to your TV and watch.',
    other: 'Connect another TV',
  },
  tv: {
    title: 'Who is your TV provider?',
    lead: 'The company that you get your TV channels from.',
    device: 'You are signing in',
    unknownDevice: 'a TV',
    app: 'For the app',
    asked: (minutes: number, place: string | undefined) =>
      `Asked ${minutes < 1 ? 'just now' : minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`}${place === undefined ? '' : `, near ${place}`}`,
    decline: 'No, this is not my TV',
    shared: {
      title: 'Somebody else opened this code',
      message:
        'Another phone, in another place, has opened the same code. If you did not start this on the TV in front of you, decline: somebody would watch with your account.',
    },
    notYours: 'Did you not start this on your own TV? Then decline.',
    stop: 'Stop here',
    network: {
      title: 'Is this TV in front of you?',
      message:
        'This phone and the TV are on different networks. That is fine if your phone uses mobile data. If somebody sent you this code, stop: they would watch with your account.',
    },
    minutesLeft: (minutes: number) =>
      minutes <= 1
        ? 'This code works for less than a minute.'
        : `This code works for about ${minutes} more minutes.`,
    timeLeft: 'Time left for this code:',
    ended: 'This code has ended. Your TV shows a new one, or will when you ask it to.',
    newCode: 'Type the new code',
  },
  providers: {
    search: 'Find your provider',
    find: 'Search',
    all: 'Show all providers',
    list: 'Providers',
    none: 'No provider with this name. Try another spelling, or fewer letters.',
    count: (count: number) => (count === 1 ? '1 provider' : `${count} providers`),
    countOther: '{count} providers',
    countOne: '1 provider',
    gone: 'This provider can not be chosen here. Choose another one.',
    refused: 'This provider can not be used with your TV right now. Choose another one.',
    empty: 'There are no providers to choose from right now. Try again in a few minutes.',
  },
  chosen: {
    title: (provider: string) => `Sign in with ${provider}`,
    unnamed: 'Sign in with your provider',
    lead: 'The page of your provider opens next. Use the name and password that you have there.',
    submit: (provider: string) => `Continue to ${provider}`,
    unnamedSubmit: 'Continue to my provider',
    other: 'Choose another provider',
  },
  held: {
    title: 'Look at your TV',
    lead: 'Your phone and the TV seem to be in different places. Say yes on the TV, then this page goes on by itself.',
    asking: 'Waiting for your TV …',
    again: 'Check again',
  },
  declined: {
    title: 'Nobody was signed in',
    message: 'You declined, and the TV was told. Its code works no longer.',
    untold: 'You declined, and we go no further. The TV could not be told.',
    advice: 'If somebody sent you this code, tell them nothing. You need not do anything more.',
    other: 'Connect my own TV',
  },
  disowned: {
    title: 'The TV is signed out',
    message: 'This sign-in has ended. Nobody can watch with it any more.',
    advice:
      'If you typed your password on a page that you did not mean to open, change it at your provider.',
  },
  handOver: {
    title: 'Opening your provider’s page',
    lead: 'If nothing happens, use this button.',
    submit: 'Open the page',
  },
  result: {
    done: 'You can go back to your TV',
    doneLead: 'You are signed in. Your TV knows already.',
    doneWith: (provider: string) => `You are signed in with ${provider}. Your TV knows already.`,
    close: 'You can close this page.',
    notMe: 'That was not me',
    notMeLead: 'Is the TV that you connected not yours? Then end this sign-in now.',
    asking: 'This page keeps asking …',
    notYet: 'Your TV is not signed in yet',
    notYetLead:
      'Your provider has not told us that you signed in. If you did, give it a few seconds and check again.',
    again: 'Check again',
    retry: 'Go back and sign in again',
    signedOut: 'This sign-in has ended',
    signedOutLead: 'Choose “Sign in” on your TV, then type the new code here.',
  },
  problem: {
    tooMany: 'Too many tries',
    tooManyLead: (minutes: number) =>
      `There were too many wrong codes. Wait ${minutes <= 1 ? 'a minute' : `${minutes} minutes`}, then type the code that your TV shows by then.`,
    busy: 'Something is not answering',
    busyLead: 'This is not your fault. Wait a moment, then try again.',
    form: 'This page is out of date',
    formLead: 'Start again with the code on your TV. If that does not help, allow cookies here.',
    handle: 'We don’t know this address',
    handleLead: 'Choose “Sign in” on your TV and begin with the code that it shows.',
    refused: 'That did not work',
    refusedLead: 'Try again, or choose another provider.',
    notFound: 'There is no such page',
    notFoundLead: 'Begin with the code that your TV shows.',
    start: 'Type a code',
    reload: 'Try again',
  },
};

export type Texts = typeof en;
