/** How Adobe knows a platform: the three restricted keys of its operating system. */
export interface Platform {
  osName: string;
  osFamily?: string;
  osVendor?: string;
}

/**
 * Platforms by what they call themselves, in small letters; the first that fits counts. Tizen and
 * PlayStation have a family of their own at Adobe but no name, so theirs is that of the kernel.
 */
const PLATFORMS: [told: RegExp, platform: Platform][] = [
  [/vega ?os/, { osName: 'Linux', osFamily: 'Linux', osVendor: 'Amazon' }],
  [/fire ?os|fire ?tv|amazon/, { osName: 'Android', osFamily: 'Android', osVendor: 'Amazon' }],
  [/android|google ?tv/, { osName: 'Android', osFamily: 'Android', osVendor: 'Google' }],
  [/chrom(e|ium) ?os/, { osName: 'Chrome OS', osFamily: 'Linux', osVendor: 'Google' }],
  [/chromecast|cast ?os|fuchsia/, { osName: 'Linux', osFamily: 'Linux', osVendor: 'Google' }],
  [/tizen/, { osName: 'Linux', osFamily: 'Tizen', osVendor: 'Samsung' }],
  [/web ?os/, { osName: 'webOS', osFamily: 'webOS', osVendor: 'LG' }],
  [/net ?cast/, { osName: 'Linux', osFamily: 'Linux', osVendor: 'LG' }],
  [/roku/, { osName: 'Roku OS', osFamily: 'Roku OS', osVendor: 'Roku' }],
  [/^(apple ?)?tv ?os|apple ?tv/, { osName: 'tvOS', osFamily: 'tvOS', osVendor: 'Apple' }],
  [
    /\bios|ip(ad|hone) ?os|ipad|iphone|vision ?os/,
    { osName: 'iOS', osFamily: 'iOS', osVendor: 'Apple' },
  ],
  [/mac ?os|os ?x|darwin/, { osName: 'Mac OS', osFamily: 'macOS', osVendor: 'Apple' }],
  [
    /play ?station|orbis|^ps[2-9]/,
    { osName: 'OpenBSD', osFamily: 'PlayStation OS', osVendor: 'Sony' },
  ],
  [
    /xbox|windows|^win(32|64)?\b/,
    { osName: 'Windows', osFamily: 'Windows', osVendor: 'Microsoft' },
  ],
  [/nintendo|switch/, { osName: 'Linux', osVendor: 'Nintendo' }],
  [/bsd/, { osName: 'OpenBSD', osFamily: 'BSD' }],
  [/symbian/, { osName: 'Linux', osFamily: 'Symbian', osVendor: 'Nokia' }],
];

/** Most televisions and boxes that nobody has heard of run on it, and none of the others is certain. */
const ANY_OTHER: Platform = { osName: 'Linux' };

/** How Adobe knows an operating system that it does not list. */
export function platformOf(told: string): Platform {
  const text = told.toLowerCase().replaceAll(/[-_/]/g, ' ');
  return PLATFORMS.find(([words]) => words.test(text))?.[1] ?? ANY_OTHER;
}
