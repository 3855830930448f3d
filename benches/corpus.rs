//! Help centres of any size for the benches: generated articles that look like the shipped ones, and what people type
//! at them.
//!
//! Sentences are drawn from the shipped content, the early ones far more often than the late (Zipf), and some of their
//! words are replaced by invented ones from a vocabulary that is drawn the same way: a term's frequency then falls with
//! its rank as in real text, and the vocabulary grows with the corpus. Everything follows from a seed.

#![allow(dead_code, reason = "each bench uses its own part")]

use std::path::Path;

use zhida::base::{ArticleId, Locale, SafeHtml};
use zhida::content::{Article, Audience, Content, Section};
use zhida::kb::passages::sentences;
use zhida::text::pinyin;
use zhida::text::script::is_han;

/// Numbers that look random and are the same each time (S. Vigna's SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Below `n`, each as likely.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((self.share() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// Below `n`, rank r about as likely as 1 / (r + 1).
    fn zipf(&mut self, n: usize) -> usize {
        (((n as f64 + 1.0).powf(self.share()) - 1.0) as usize).min(n.saturating_sub(1))
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Returns the shipped content.
pub(crate) fn shipped() -> Content {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    zhida::content::load(&dir).expect("the shipped content is in order").content
}

/// What one language's articles are made of.
struct Language {
    locale: Locale,
    titles: Vec<String>,
    questions: Vec<String>,
    sentences: Vec<String>,
    chars: Vec<char>,
}

impl Language {
    fn of(content: &Content, locale: &Locale, dice: &mut Dice) -> Self {
        let articles = || content.articles.iter().filter(|a| a.locale == *locale);
        let mut all: Vec<String> = articles()
            .flat_map(|a| a.sections.iter())
            .flat_map(|s| sentences(&s.text).into_iter().map(|(from, to)| s.text[from..to].to_owned()))
            .collect();
        for i in (1..all.len()).rev() {
            all.swap(i, dice.below(i + 1));
        }
        let mut chars: Vec<char> = all.iter().flat_map(|s| s.chars()).filter(|c| is_han(*c)).collect();
        chars.sort_unstable();
        chars.dedup();
        Language {
            locale: locale.clone(),
            titles: articles().map(|a| a.title.clone()).collect(),
            questions: articles().flat_map(|a| a.questions.clone()).collect(),
            sentences: all,
            chars,
        }
    }

    /// Returns the invented word of a rank, always the same.
    fn word(&self, rank: usize) -> String {
        let mut dice = Dice::new(rank as u64 ^ 0x5EED);
        if self.locale.is_chinese() {
            (0..2).map(|_| *dice.pick(&self.chars)).collect()
        } else {
            const SYLLABLES: [&str; 24] = [
                "ba", "con", "der", "el", "fin", "gra", "hol", "in", "jor", "kel", "lan", "mer", "nor", "ota", "pre",
                "qui", "ran", "ser", "tor", "ul", "ver", "wes", "yor", "zan",
            ];
            (0..2 + rank % 2).map(|_| *dice.pick(&SYLLABLES)).collect()
        }
    }

    /// Replaces a word of a text by an invented one.
    fn vary(&self, text: &str, vocabulary: usize, dice: &mut Dice) -> String {
        let word = self.word(dice.zipf(vocabulary));
        if self.locale.is_chinese() {
            let mut chars: Vec<char> = text.chars().collect();
            let at: Vec<usize> =
                (1..chars.len().max(1)).filter(|&i| is_han(chars[i]) && is_han(chars[i - 1])).collect();
            if at.is_empty() {
                return text.to_owned();
            }
            let at = *dice.pick(&at);
            for (slot, c) in chars[at - 1..].iter_mut().zip(word.chars()) {
                *slot = c;
            }
            chars.into_iter().collect()
        } else {
            let mut words: Vec<&str> = text.split(' ').collect();
            let at = dice.below(words.len());
            words[at] = &word;
            words.join(" ")
        }
    }

    fn title(&self, vocabulary: usize, dice: &mut Dice) -> String {
        let (a, b) = (dice.pick(&self.titles).clone(), dice.pick(&self.titles).clone());
        let both = if self.locale.is_chinese() {
            let half = |t: &str, first: bool| {
                let n = t.chars().count();
                if first { t.chars().take(n / 2).collect::<String>() } else { t.chars().skip(n / 2).collect() }
            };
            half(&a, true) + &half(&b, false)
        } else {
            let words = |t: &str| t.split(' ').map(str::to_owned).collect::<Vec<_>>();
            let (a, b) = (words(&a), words(&b));
            [&a[..a.len().div_ceil(2)], &b[b.len() / 2..]].concat().join(" ")
        };
        self.vary(&both, vocabulary, dice)
    }
}

/// Returns a help centre of `articles` generated articles with `questions` questions each; two of three are in the first
/// language. Category and site are the shipped ones.
pub(crate) fn generated(articles: usize, questions: usize) -> Content {
    let mut content = shipped();
    let mut dice = Dice::new(2026);
    let languages: Vec<Language> = content.site.locales.iter().map(|l| Language::of(&content, l, &mut dice)).collect();
    let categories: Vec<String> = content.site.categories.iter().map(|c| c.id.clone()).collect();
    let vocabulary = 1000 + articles * 2;
    let keep_codes: Vec<ArticleId> = content.codes.iter().map(|c| c.article.clone()).collect();
    content.articles = (0..articles)
        .map(|number| {
            let language = &languages[usize::from(number % 3 == 2).min(languages.len() - 1)];
            let sentence = |dice: &mut Dice| {
                let text = &language.sentences[dice.zipf(language.sentences.len())];
                if dice.share() < 0.6 { language.vary(text, vocabulary, dice) } else { text.clone() }
            };
            let sections: Vec<Section> = (0..2 + dice.below(3))
                .map(|at| {
                    let heading = if at == 0 { String::new() } else { language.title(vocabulary, &mut dice) };
                    let text: Vec<String> = (0..3 + dice.below(6)).map(|_| sentence(&mut dice)).collect();
                    Section { anchor: (at > 0).then(|| format!("s{at}")), heading, text: text.join("\n") }
                })
                .collect();
            let id = match keep_codes.get(number) {
                Some(id) => id.clone(),
                None => ArticleId::new(&categories[number % categories.len()], &format!("g{number}"))
                    .expect("the name is a slug"),
            };
            Article {
                file: format!("{}/{id}.md", language.locale).into(),
                id,
                locale: language.locale.clone(),
                title: language.title(vocabulary, &mut dice),
                summary: sentence(&mut dice),
                codes: vec![],
                messages: if number % 10 == 0 { vec![language.title(vocabulary, &mut dice)] } else { vec![] },
                questions: (0..questions)
                    .map(|_| {
                        let text = dice.pick(&language.questions).clone();
                        language.vary(&text, vocabulary, &mut dice)
                    })
                    .collect(),
                keywords: vec![language.word(dice.zipf(vocabulary))],
                related: vec![],
                aliases: vec![],
                audience: Audience::Public,
                money_at_risk: false,
                updated: None,
                markdown: String::new(),
                html: SafeHtml::default(),
                headings: vec![],
                sections,
            }
        })
        .collect();
    content.hash = format!("generated {articles} {questions}");
    content
}

/// One query of the mix.
pub(crate) struct Typed {
    /// One of [`KINDS`].
    pub(crate) kind: &'static str,
    /// The words.
    pub(crate) text: String,
    /// The reader's.
    pub(crate) locale: Locale,
}

/// The kinds of the mix.
pub(crate) const KINDS: [&str; 7] = ["zh words", "zh sentences", "typos", "pinyin", "English", "codes", "misses"];

/// Returns what people type at a help centre, `each` of every kind.
pub(crate) fn queries(content: &Content, each: usize) -> Vec<Typed> {
    let mut dice = Dice::new(7);
    let zh: Vec<&Article> = content.articles.iter().filter(|a| a.locale.is_chinese()).collect();
    let en: Vec<&Article> = content.articles.iter().filter(|a| !a.locale.is_chinese()).collect();
    let (zh_locale, en_locale) = (zh[0].locale.clone(), en[0].locale.clone());
    let han = |text: &str| text.chars().filter(|c| is_han(*c)).collect::<Vec<char>>();
    let stretch = |dice: &mut Dice, most: usize| loop {
        let title = han(&dice.pick(&zh).title);
        let length = (2 + dice.below(most - 1)).min(title.len());
        if length >= 2 {
            let from = dice.below(title.len() - length + 1);
            return title[from..from + length].to_vec();
        }
    };
    let question = |dice: &mut Dice, of: &[&Article]| loop {
        if let Some(q) = dice.pick(of).questions.first() {
            return q.clone();
        }
    };
    let mut out = Vec::new();
    for i in 0..each {
        let mut add = |kind, text: String, locale: &Locale| out.push(Typed { kind, text, locale: locale.clone() });
        add(KINDS[0], stretch(&mut dice, 4).into_iter().collect(), &zh_locale);
        add(KINDS[1], question(&mut dice, &zh), &zh_locale);
        if i % 2 == 0 {
            let mut chars: Vec<char> = question(&mut dice, &zh).chars().collect();
            let at = dice.below(chars.len());
            chars[at] = *dice.pick(&['事', '在', '做', '帐', '络', '冲', '直', '付']);
            add(KINDS[2], chars.into_iter().collect(), &zh_locale);
        } else {
            let mut letters: Vec<char> = question(&mut dice, &en).chars().collect();
            let at = dice.below(letters.len() - 1);
            letters.swap(at, at + 1);
            add(KINDS[2], letters.into_iter().collect(), &en_locale);
        }
        let spelled = stretch(&mut dice, 5);
        let spelled = spelled.into_iter().filter_map(|c| pinyin::readings(c).first().copied()).collect::<String>();
        add(KINDS[3], spelled, &zh_locale);
        let words = if i % 2 == 0 { question(&mut dice, &en) } else { dice.pick(&en).title.clone() };
        let words = words.split(' ').take(if i % 2 == 0 { 12 } else { 2 }).collect::<Vec<_>>().join(" ");
        add(KINDS[4], words, &en_locale);
        let code = match content.codes.is_empty() {
            true => "E1101",
            false => &dice.pick(&content.codes).code,
        };
        add(
            KINDS[5],
            if i % 2 == 0 { code.to_owned() } else { format!("报错 {}怎么办", code.to_lowercase()) },
            &zh_locale,
        );
        const MISSES: [&str; 8] =
            ["xyzzy", "鸒鸓鸔", "qwrtp", "ブラックホール", "🦀🦀", "zzzzzzzz", "饕餮貔貅", "Schrödingers Katze"];
        add(KINDS[6], format!("{}{}", MISSES[i % 8], if i % 3 == 0 { "?" } else { "" }), &zh_locale);
    }
    out
}

/// Sorted times in microseconds.
pub(crate) struct Times(Vec<f64>);

impl Times {
    pub(crate) fn of(mut micros: Vec<f64>) -> Self {
        micros.sort_by(f64::total_cmp);
        Times(micros)
    }

    /// Returns the time that a share of the measurements stay below.
    pub(crate) fn at(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    }
}

/// Returns this process's resident memory in MiB; none where the system does not tell.
pub(crate) fn resident_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Returns a switch of the bench's own.
pub(crate) fn switch(name: &str) -> bool {
    #[expect(clippy::disallowed_methods, reason = "a bench's own switch, which is no setting of the program")]
    std::env::var(name).is_ok_and(|v| !v.is_empty() && v != "0")
}
