// Which documents start the language server. The server decides for itself
// which of them it answers for; this only keeps it from being started for the
// users of other YAML.

/** BuildKit's grammar of the syntax directive, for any image named build. */
const DIRECTIVE = /^\uFEFF?#[ \t]*syntax[ \t]*=[ \t]*\S*\bbuild[:@]\S+[ \t]*$/i;

/** info.yaml beside the definitions of an image or a chart in a catalog. */
const CATALOG_INFO = /(^|\/)(image|chart|package)\/.*\binfo\.yaml$/;

const CONFIG = /(^|\/)\.dhi-ls\.yaml$/;

/** Says whether the first line of a text names the frontend that builds DHI definitions. */
export function isDirective(firstLine: string): boolean {
  return DIRECTIVE.test(firstLine.replace(/\r$/, ''));
}

/** Says whether a document may concern the server. The path has forward slashes. */
export function concernsServer(languageId: string, path: string, firstLine: string): boolean {
  if (languageId === 'dhi') {
    return true;
  }
  return languageId === 'yaml' && (isDirective(firstLine) || CONFIG.test(path) || CATALOG_INFO.test(path));
}
