import { contaminationFinder, type Contamination, type ContaminationIndex } from './contamination.ts';
import { readLanguages } from './languages.ts';
import { licenceRule } from './licences.ts';
import { brokenLimit, type LeftOutText } from './limits.ts';
import { generatedFile, vendoredFile } from './origins.ts';
import { personalData } from './personal.ts';
import { profiles, type ProfileName } from './profiles.ts';
import { replacePieces, type PrivatePiece } from './replace.ts';
import { secretFinder } from './secrets.ts';

/** A text of a corpus with where it comes from, as rules look at it. */
export interface CorpusRow {
  text: string;
  /** Path with the repository before it, or the name of a row of a table. */
  path: string;
  /** Repository, or the name of the source. */
  repository: string;
  commit: string;
  /** SPDX expression, or what the source says instead; empty where it says nothing. */
  licence: string;
  /** As linguist names it, or as its source does where linguist does not know it. */
  language: string;
}

/** What takes the place of a row's own text or language. */
export type RowChange = Partial<Pick<CorpusRow, 'text' | 'language'>>;

/** What rules say of a row: why it goes, or what they change of it; null: it stays as it is. */
export type Verdict = { reason: string; detail?: string } | RowChange | null;

/** Looks at one row, whatever the others are. */
export type Rules = (row: CorpusRow) => Verdict | Promise<Verdict>;

/** What is done about texts with private pieces: nothing, a replacement for each piece, or the text goes. */
export type PrivacyTreatment = 'keep' | 'replace' | 'drop';

/** Plain data, so that it can be sent to a thread and enter a key. */
export interface RulesOptions {
  /** Limits for the text of a file. */
  profile: ProfileName;
  /** Files that go because nobody of the project wrote them. */
  leave_out: readonly ('generated' | 'vendored')[];
  /** Languages to keep, by their names on GitHub; empty: all. */
  languages: readonly string[];
  /** Licences to keep: SPDX identifiers, or `permissive`; empty: all, and texts without one. */
  licences: readonly string[];
  secrets: PrivacyTreatment;
  personal_data: PrivacyTreatment;
  /** Digest of the benchmarks of which no text may stay; null: none. */
  benchmarks: string | null;
}

/** Asked one after the other; the first that finds something counts. */
type RowRule = (row: CorpusRow) => LeftOutText | null;

/**
 * The rules of a profile, ready for any number of rows; the cheapest come first. A row that stays gets the language that they took it to
 * be in, by its name on GitHub where it has one there. `index` is that of the benchmarks that the options name.
 * Throws where a setting names no licence or language.
 */
export async function createRules(options: RulesOptions, index: ContaminationIndex | null = null): Promise<Rules> {
  const { secrets, personal_data } = options;
  const languages = await readLanguages();
  const rules = await rowRules({ ...options, languages: options.languages.map(languages.named) }, index);
  const findSecrets = secrets === 'keep' ? null : await secretFinder();
  return async (given) => {
    const row = { ...given, path: pathInside(given), language: languages.of(given) };
    for (const rule of rules) {
      const broken = rule(row);
      if (broken) return broken;
    }
    const found = (await findSecrets?.(row.text)) ?? [];
    const personal = personal_data === 'keep' ? [] : personalData(row.text);
    if (secrets === 'drop' && found[0]) return privateText('secret', found[0], row.text);
    if (personal_data === 'drop' && personal[0]) return privateText('personal-data', personal[0], row.text);
    const change: RowChange = {
      ...(found.length + personal.length > 0 && { text: replacePieces(row.text, [...found, ...personal]) }),
      ...(row.language !== given.language && { language: row.language }),
    };
    return Object.keys(change).length === 0 ? null : change;
  };
}

async function rowRules(
  { languages, licences, leave_out, profile }: RulesOptions,
  index: ContaminationIndex | null,
): Promise<RowRule[]> {
  const limitsOf = profiles[profile];
  const find = index && contaminationFinder(index);
  return [
    ({ language }) => (languages.length === 0 || languages.includes(language) ? null : { reason: 'language', detail: language }),
    licences.length > 0 ? await licenceRule(licences) : () => null,
    leave_out.includes('vendored') ? vendoredFile : () => null,
    leave_out.includes('generated') ? generatedFile : () => null,
    (row) => {
      const limits = limitsOf(row);
      return limits ? brokenLimit(row.text, limits) : { reason: 'extension', detail: `${profile} takes no such file of ${row.language}` };
    },
    ({ text }) => (find ? contaminated(find(text)) : null),
  ];
}

function contaminated(found: Contamination | null): LeftOutText | null {
  return found && { reason: 'contaminated', detail: `it shares "${found.words}" with ${found.name}` };
}

/** Path inside the repository, which sources write before it. */
function pathInside({ path, repository }: CorpusRow): string {
  return path.startsWith(`${repository}/`) ? path.slice(repository.length + 1) : path;
}

/** A secret is not repeated in its own report: its line is enough. */
function privateText(reason: string, { sort, start }: PrivatePiece, text: string): LeftOutText {
  return { reason, detail: `${sort} in line ${text.slice(0, start).split('\n').length}` };
}
