import { en, type Texts } from './en.ts';
import { es } from './es.ts';

export type { Texts } from './en.ts';

/** A new language is a file beside these, and a line here. */
const LANGUAGES = new Map<string, Texts>([en, es].map((texts) => [texts.lang, texts]));

/**
 * The language that a browser likes best of those we have (RFC 9110, section 12.5.4); English where
 * it names none of them.
 */
export function languageFor(acceptLanguage: string | undefined): Texts {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return { language: tag.split('-')[0] ?? '', q: weight ? Number(weight.slice(2)) : 1 };
    })
    .filter(({ q }) => q > 0)
    .sort((one, other) => other.q - one.q);
  for (const { language } of wanted) {
    const texts = language === '*' ? en : LANGUAGES.get(language);
    if (texts) return texts;
  }
  return en;
}
