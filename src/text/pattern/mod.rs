//! Patterns that authors write: looked for in folded text, whatever the case.

mod literals;

use std::sync::OnceLock;

use regex_automata::meta::{BuildError, Config, Regex};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Look, Repetition};

/// What a compiled pattern may take at most, in bytes. Messages are short, and the engine takes linear time; this limits
/// what an author's pattern may cost.
const SIZE_LIMIT: usize = 1 << 20;

/// A pattern whose parts come to so many ranges of characters at most is sure to keep [within](SIZE_LIMIT) the limit: each
/// range becomes six states or so in UTF-8, of some 30 bytes.
const SURELY_FITS: usize = 2_000;

/// A regular expression, compiled when it is first looked for: of a help centre's hundreds few are ever needed, and
/// compiling all of them took a quarter of a start.
///
/// A word bound (`\b`) is where Latin letters or digits begin or end, so that there is one between “iphone” and “怎么” too.
#[derive(Debug, Clone)]
pub struct Pattern {
    source: String,
    needed: Option<Vec<String>>,
    compiled: OnceLock<Option<Regex>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// It is no regular expression, or too large a one: why.
    Invalid(String),
    /// It matches a text with nothing in it.
    MatchesNothing,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is no regular expression, when it would take more than a megabyte, or when it matches an empty text.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        let hir = parse(source).map_err(|e| invalid(&e))?;
        let may_match_nothing = hir.properties().minimum_len().is_none_or(|len| len == 0);
        let is_large = ranges(&hir) > SURELY_FITS;
        let (needed, source) = (literals::needed(&hir), source.to_owned());
        let pattern = Pattern { source, needed, compiled: OnceLock::new() };
        if may_match_nothing || is_large {
            let compiled = compile(&hir).map_err(|e| too_large(&e))?;
            if compiled.is_match("") {
                return Err(PatternError::MatchesNothing);
            }
            return Ok(Pattern { compiled: Some(compiled).into(), ..pattern });
        }
        Ok(pattern)
    }

    /// Returns it as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns texts of which one is in every folded text that it matches; none where that cannot be told.
    #[must_use]
    pub fn needed(&self) -> Option<&[String]> {
        self.needed.as_deref()
    }

    /// Returns the first piece of a folded text that it matches.
    #[must_use]
    pub fn find<'t>(&self, folded: &'t str) -> Option<&'t str> {
        // Parsed again, because parsed patterns take more room than all that is ever compiled of them.
        let compiled = self.compiled.get_or_init(|| compile(&parse(&self.source).ok()?).ok());
        compiled.as_ref()?.find(folded).and_then(|found| folded.get(found.range()))
    }
}

fn parse(source: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    let parsed = ParserBuilder::new().case_insensitive(true).build().parse(source);
    parsed.map(with_latin_bounds).map_err(Box::new)
}

fn compile(hir: &Hir) -> Result<Regex, Box<BuildError>> {
    let limit = Config::new().nfa_size_limit(Some(SIZE_LIMIT));
    Regex::builder().configure(limit).build_from_hir(hir).map_err(Box::new)
}

/// Makes bounds of words those of Latin words. Ideographs are letters to Unicode, and have no bounds between them; and
/// automata that run over a text once give up at the first of them where they must know what Unicode calls a letter.
fn with_latin_bounds(hir: Hir) -> Hir {
    let inner = |hir: Box<Hir>| Box::new(with_latin_bounds(*hir));
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            // The others may hold in the middle of an ideograph's bytes.
            other => other,
        }),
        HirKind::Repetition(repeated) => Hir::repetition(Repetition { sub: inner(repeated.sub), ..repeated }),
        HirKind::Capture(capture) => Hir::capture(Capture { sub: inner(capture.sub), ..capture }),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(with_latin_bounds).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.into_iter().map(with_latin_bounds).collect()),
    }
}

/// Says that a pattern takes more than it may; what is no pattern was told before.
fn too_large(cause: &BuildError) -> PatternError {
    match cause.size_limit() {
        Some(limit) => {
            PatternError::Invalid(format!("it is larger than the size limit of {limit} bytes when compiled"))
        }
        None => PatternError::Invalid(cause.to_string()),
    }
}

/// Takes the reason out of a report that draws the pattern, too.
fn invalid(cause: &impl ToString) -> PatternError {
    let report = cause.to_string();
    PatternError::Invalid(report.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
}

/// Returns about how many ranges of characters a pattern is made of, with what is repeated counted as often as it may be.
fn ranges(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min).max(1) as usize;
            ranges(&repeated.sub).saturating_mul(times).saturating_add(times)
        }
        HirKind::Capture(capture) => ranges(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().map(ranges).fold(1, usize::saturating_add),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sees_folded_text_whatever_the_case() {
        let pattern = Pattern::new("E(\\d{4})").unwrap();
        assert_eq!(pattern.find("代码 e1101"), Some("e1101"));
        assert_eq!(pattern.find("代码"), None);
        assert_eq!(pattern.source(), "E(\\d{4})");
    }

    #[test]
    fn latin_words_have_bounds_beside_ideographs_too() {
        let pattern = Pattern::new("\\b(pin|atm)\\b").unwrap();
        for (text, found) in [
            ("忘了pin怎么办", Some("pin")),
            ("用atm充值", Some("atm")),
            ("spin", None),
            ("pin2", None),
            ("the pin", Some("pin")),
        ] {
            assert_eq!(pattern.find(text), found, "{text}");
        }
        let nested = Pattern::new("((x|\\bid)y?){1,2}z").unwrap();
        assert_eq!((nested.find("证idz"), nested.find("aidz")), (Some("idz"), None));
    }

    #[test]
    fn says_why_it_is_none() {
        let error = |source| Pattern::new(source).unwrap_err();
        assert_eq!(error("("), PatternError::Invalid("unclosed group".to_owned()));
        assert!(matches!(error("(\\w{99}){99}"), PatternError::Invalid(why) if why.contains("size limit")));
        for source in ["x*", "^$", "(付款)?"] {
            assert_eq!(error(source), PatternError::MatchesNothing, "{source}");
        }
        assert!(Pattern::new("\\b付款?").is_ok() && Pattern::new("\\b").is_ok());
    }

    proptest! {
        #[test]
        fn what_is_not_compiled_at_once_compiles_later(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "a", "付款", "[^a]", "\\w", "\\d", "\\s", ".", "{1,9}", "{20}", "+", "(", ")", "|", "[a-z一-龥]", "\\b", "\\p{L}",
            ]), 1..14),
        ) {
            let source = parts.concat();
            let Ok(pattern) = Pattern::new(&source) else { return Ok(()) };
            let _ = pattern.find("a付款");
            prop_assert!(pattern.compiled.get().is_some_and(Option::is_some), "{source}");
        }
    }
}
