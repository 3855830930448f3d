//! The model as others see it: trained once for a content, asked for each message.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::kb::intent::confidence::{Confidence, Signals};
use crate::kb::intent::features::{Cut, Reach, features, readable_terms, stem_key};
use crate::kb::intent::holdout;
use crate::kb::intent::meta::Meta;
use crate::kb::intent::stack::{Parts, Recipe, Scores, Seen, Source, Stack, Text, best_first};
use crate::kb::intent::thresholds::Thresholds;
use crate::text::english::is_stop_word;

/// One article in one locale, as training material. Articles of several locales share the class.
#[derive(Debug, Clone, Copy)]
pub struct TrainingDoc<'a> {
    /// Which article; any number, the same for its translations. What is [`OUT_OF_SCOPE`] stands last.
    pub class: u32,
    /// Its title.
    pub title: &'a str,
    /// Its short answer.
    pub summary: &'a str,
    /// Ways in which customers ask for it.
    pub questions: &'a [String],
    /// Search words.
    pub keywords: &'a [String],
    /// On-screen messages, verbatim.
    pub messages: &'a [String],
    /// Its headings, one a line.
    pub headings: &'a str,
    /// Its text without markup.
    pub body: &'a str,
}

impl<'a> TrainingDoc<'a> {
    /// Returns a class that only questions are known of.
    #[must_use]
    pub fn of_questions(class: u32, questions: &'a [String]) -> Self {
        TrainingDoc { class, title: "", summary: "", questions, keywords: &[], messages: &[], headings: "", body: "" }
    }
}

/// The class of questions that no article answers. They are learnt beside the others and never a candidate.
pub const OUT_OF_SCOPE: u32 = u32::MAX;

/// A class and what speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The class.
    pub class: u32,
    /// The corrected score of the stack; comparable within one ranking only.
    pub score: f32,
    /// What each scorer says.
    pub parts: Parts,
    /// The document and the question in it that is nearest to the message, by place in the training set.
    pub nearest_question: Option<(usize, usize)>,
}

/// A term that spoke for the winner.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The word as it was read, or the ideographs.
    pub term: String,
    /// What it added to the winner's linear score.
    pub weight: f32,
}

/// The classes that a message may mean.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// The best first.
    pub candidates: Vec<Candidate>,
    /// The probability, 0 to 1, that the first is right and the message is in scope.
    pub confidence: f32,
    /// The terms that spoke most for the first, the strongest first; five at most.
    pub evidence: Vec<Evidence>,
    /// What the confidence was made of.
    pub signals: Signals,
}

/// What a message's classes score, for those who rank by more than that.
#[derive(Debug)]
pub struct ClassScores<'m> {
    /// The score of every class, by class: about 1 for the one that a message asks for, about -1 for the rest.
    pub by_class: Vec<(u32, f32)>,
    model: &'m IntentModel,
    seen: Seen,
    scores: Scores,
}

impl ClassScores<'_> {
    /// Returns the first class.
    #[must_use]
    pub fn first(&self) -> Option<u32> {
        holdout::best(&self.scores).and_then(|first| self.model.classes.get(first)).copied()
    }

    /// Tells whether the first class is sure enough to be offered as a choice.
    #[must_use]
    pub fn is_likely(&self) -> bool {
        let (signals, _) = holdout::judge(&self.seen, &self.scores);
        self.model.confidence_of(&self.seen, &signals) >= self.model.thresholds.clarify
    }
}

/// A trained classifier: immutable, to be shared between threads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct IntentModel {
    stack: Stack,
    /// Class numbers as given, by our own.
    classes: Vec<u32>,
    /// Where each text came from: document and question.
    origin: Vec<Option<(u32, u32)>>,
    confidence: Confidence,
    thresholds: Thresholds,
}

impl IntentModel {
    /// Trains on a help centre's articles.
    #[must_use]
    pub fn train(docs: &[TrainingDoc<'_>]) -> IntentModel {
        Self::train_with(docs, &Recipe::default())
    }

    /// Trains with another recipe than the measured one.
    #[must_use]
    pub fn train_with(docs: &[TrainingDoc<'_>], recipe: &Recipe) -> IntentModel {
        let mut classes: Vec<u32> = docs.iter().map(|d| d.class).collect();
        classes.sort_unstable();
        classes.dedup();
        let texts = read(docs, &classes, recipe);
        let all: Vec<&Text> = texts.iter().collect();
        let number: Vec<u32> = (0..classes.len() as u32).collect();
        let outside = classes.binary_search(&OUT_OF_SCOPE).ok().map(|at| number[at]);
        let mut stack = Stack::train(&all, &number, classes.len(), outside.is_some(), None, recipe);
        stack.meta = Meta::train(&texts, classes.len(), outside, &stack.space, recipe);
        let cases = holdout::cases(&texts, classes.len(), outside, &stack.space, recipe);
        classes.retain(|class| *class != OUT_OF_SCOPE);
        let (confidence, thresholds) = (Confidence::fit(&cases), Thresholds::fit(&cases));
        let origin = texts
            .iter()
            .map(|t| match t.source {
                Source::Question(q) => Some((t.document, q)),
                _ => None,
            })
            .collect();
        IntentModel { stack, classes, origin, confidence, thresholds }
    }

    /// Ranks the classes for a message, `most` of them.
    #[must_use]
    pub fn rank(&self, message: &str, most: usize) -> Ranking {
        let seen = self.stack.see(message);
        let scores = self.stack.score(&seen);
        let candidates = best_first(&scores.corrected, most)
            .into_iter()
            .map(|c| c as usize)
            .map(|c| Candidate {
                class: self.classes[c],
                score: scores.corrected[c],
                parts: scores.parts[c],
                nearest_question: self
                    .stack
                    .nearest_text(&scores, c)
                    .and_then(|t| self.origin[t as usize])
                    .map(|(d, q)| (d as usize, q as usize)),
            })
            .collect();
        let (signals, first) = holdout::judge(&seen, &scores);
        let confidence = self.confidence_of(&seen, &signals);
        Ranking { candidates, confidence, signals, evidence: self.evidence(&seen, first) }
    }

    /// Returns the probability that the first candidate is right.
    fn confidence_of(&self, seen: &Seen, signals: &Signals) -> f32 {
        // A message with no term that the content has is not understood, however the rest may fit.
        let understood = !self.classes.is_empty() && !seen.counts.ids.is_empty() && !self.is_guesswork(seen);
        if understood { self.confidence.of(signals) } else { 0.0 }
    }

    /// Tells whether the only telling words that the content has were taken for slips, beside as many others that it never
    /// has: “world cup” names no “word”; “custmer abnormel retryng wat is dis” has three that bear each other out.
    fn is_guesswork(&self, seen: &Seen) -> bool {
        let (mut mended, mut unknown) = (0, 0);
        for token in seen.cut.tokens.iter().filter(|t| !is_stop_word(&t.text)) {
            match (&token.meant, self.stack.space.id(stem_key(&token.stem))) {
                (Some(_), _) => mended += 1,
                (None, None) => unknown += 1,
                (None, Some(_)) => return false,
            }
        }
        mended == 1 && unknown >= mended && seen.cut.runs.is_empty()
    }

    /// Returns how many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes.len()
    }

    /// Scores every class.
    #[must_use]
    pub fn scores(&self, message: &str) -> ClassScores<'_> {
        let seen = self.stack.see(message);
        let scores = self.stack.score(&seen);
        let by_class = self.classes.iter().copied().zip(self.stack.on_one_scale(&scores.total)).collect();
        ClassScores { by_class, model: self, seen, scores }
    }

    /// Returns the terms that spoke most for a class.
    fn evidence(&self, seen: &Seen, class: usize) -> Vec<Evidence> {
        let speaks = readable_terms(&seen.cut).filter_map(|(key, term)| {
            let id = self.stack.space.id(key)?;
            let at = seen.vector.ids.binary_search(&id).ok()?;
            let weight = seen.vector.values[at] * self.stack.linear.weight(id as usize, class);
            (weight > 0.0).then_some((weight, term))
        });
        let mut speaks: Vec<_> = speaks.collect();
        speaks.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut out: Vec<Evidence> = Vec::with_capacity(MOST_EVIDENCE);
        for (weight, term) in speaks {
            let term = term.text();
            if out.len() < MOST_EVIDENCE && out.iter().all(|e| e.term != term) {
                out.push(Evidence { term, weight });
            }
        }
        out
    }

    /// Returns from which confidence on its rankings are acted on.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// Returns the coefficients of the confidence, in the order of [`Signals::NAMES`].
    #[must_use]
    pub fn coefficients(&self) -> &[f32] {
        &self.confidence.coefficients
    }
}

/// How many terms a ranking names as evidence.
const MOST_EVIDENCE: usize = 5;

/// Reads the texts of the documents, in order.
fn read(docs: &[TrainingDoc<'_>], classes: &[u32], recipe: &Recipe) -> Vec<Text> {
    docs.par_iter()
        .enumerate()
        .flat_map_iter(|(document, doc)| {
            let class = classes.binary_search(&doc.class).unwrap_or_default() as u32;
            let body = format!("{}\n{}", doc.headings, doc.body);
            let mut out = Vec::new();
            let mut add = |text: &str, source| {
                let (cut, reach) = match source {
                    Source::Body => (Cut::article(text), Reach::TERMS),
                    _ => (Cut::new(text), recipe.reach),
                };
                let features = features(&cut, reach);
                if !features.is_empty() {
                    out.push(Text { class, document: document as u32, source, cut, features });
                }
            };
            add(doc.title, Source::Title);
            doc.questions.iter().enumerate().for_each(|(i, q)| add(q, Source::Question(i as u32)));
            doc.keywords.iter().for_each(|k| add(k, Source::Keyword));
            doc.messages.iter().for_each(|m| add(m, Source::Message));
            add(doc.summary, Source::Summary);
            add(&body, Source::Body);
            out
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Article(u32, &'static str, &'static str, Vec<String>);

    fn centre() -> Vec<Article> {
        let article = |class, title, summary, questions: &[&str]| {
            Article(class, title, summary, questions.iter().map(|q| (*q).to_owned()).collect())
        };
        vec![
            article(
                7,
                "Recover your password",
                "Choose “Forgot password”.",
                &[
                    "I forgot my password",
                    "how do I reset my login password",
                    "the reset link never came",
                    "change my password please",
                ],
            ),
            article(7, "找回登录密码", "点“忘记密码”。", &["密码忘了怎么办", "怎么重置登录密码", "收不到重置链接"]),
            article(
                9,
                "Fees",
                "They depend on the transaction.",
                &[
                    "how much is the fee for a transfer",
                    "what do you charge",
                    "is there a cost to send money",
                    "why was a commission taken",
                ],
            ),
            article(9, "交易费用", "费用取决于交易类型。", &["转账手续费多少", "要收服务费吗", "为什么扣了我的钱"]),
            article(
                12,
                "Check the network",
                "Restart the router.",
                &[
                    "my internet keeps dropping during payment",
                    "bad signal, cannot pay",
                    "wifi is slow and the payment hangs",
                    "offline all the time",
                ],
            ),
            article(12, "检查网络连接", "重启路由器。", &["付款时一直断线", "网络不好付不了款", "信号差怎么支付"]),
        ]
    }

    fn model(articles: &[Article]) -> IntentModel {
        let docs: Vec<TrainingDoc<'_>> = articles
            .iter()
            .map(|Article(class, title, summary, questions)| TrainingDoc {
                class: *class,
                title,
                summary,
                questions,
                keywords: &[],
                messages: &[],
                headings: "",
                body: summary,
            })
            .collect();
        IntentModel::train(&docs)
    }

    fn first(model: &IntentModel, message: &str) -> Option<u32> {
        model.rank(message, 3).candidates.first().map(|c| c.class)
    }

    #[test]
    fn answers_in_both_languages_and_over_slips() {
        let model = model(&centre());
        for (message, class) in [
            ("forgotten my pasword", 7),
            ("what is the charge for sending money", 9),
            ("the wifi drops when I pay", 12),
            ("忘记密码了", 7),
            ("轉帳要手續費嗎", 9),
            ("网罗不好付不了", 12),
            ("password 忘了", 7),
        ] {
            assert_eq!(first(&model, message), Some(class), "{message}");
        }
    }

    #[test]
    fn words_that_are_used_alike_name_the_same_article() {
        let article = |class, questions: [&str; 4]| Article(class, "", "", questions.map(str::to_owned).to_vec());
        let model = model(&[
            article(2, ["bad signal", "no internet", "offline all day", "signal gone"]),
            article(3, ["add money", "put money in", "money into it", "adding money"]),
            article(1, ["password forgotten", "reset password", "my password", "new password"]),
        ]);
        for (message, class) in [("funds", 3), ("broadband", 2)] {
            assert_eq!(first(&model, message), Some(class), "{message}");
        }
    }

    #[test]
    fn what_is_said_to_be_out_of_scope_is_no_candidate_and_makes_the_rest_less_sure() {
        let mut articles = centre();
        let bare = model(&articles);
        let questions = [
            "who won the world cup",
            "forgot my umbrella on the bus",
            "how much is the fee for a parking ticket",
            "what is the weather",
            "今天天气怎么样",
            "停车费多少",
            "怎么做红烧肉",
        ];
        articles.push(Article(OUT_OF_SCOPE, "", "", questions.map(str::to_owned).to_vec()));
        let told = model(&articles);
        assert_eq!(told.classes(), bare.classes());
        for message in ["how much is the parking fee", "停车要多少钱", "what is the weather like"] {
            let ranking = told.rank(message, 9);
            assert!(ranking.candidates.iter().all(|c| c.class != OUT_OF_SCOPE), "{message}");
            assert!(ranking.signals.outside > 0.0 && ranking.signals.outside_nearest > 0.0, "{message}");
            assert!(ranking.confidence < bare.rank(message, 9).confidence, "{message}");
        }
        assert_eq!(first(&told, "how do I reset my pasword"), Some(7));
        assert_eq!(bare.rank("what is the weather", 1).signals.outside, 0.0);
    }

    #[test]
    fn two_slips_bear_each_other_out_and_one_beside_an_unknown_word_is_a_guess() {
        let model = model(&centre());
        assert!(model.rank("zzzz forgoten yyyy pasword", 1).confidence > 0.0);
        assert_eq!(model.rank("zzzz yyyy pasword", 1).confidence, 0.0);
    }

    #[test]
    fn names_the_nearest_question() {
        let model = model(&centre());
        let ranking = model.rank("what do you charge", 1);
        assert_eq!(ranking.candidates[0].nearest_question, Some((2, 1)));
        assert_eq!(ranking.candidates.len(), 1);
    }

    #[test]
    fn says_which_terms_spoke_for_the_winner() {
        let model = model(&centre());
        let terms = |m: &str| model.rank(m, 1).evidence.into_iter().map(|e| e.term).collect::<Vec<_>>();
        assert!(terms("I forgot my pasword").contains(&"password".to_owned()));
        assert!(terms("转账要手续费吗").contains(&"手续".to_owned()));
        assert!(terms("xyzzy").is_empty());
    }

    #[test]
    fn is_surer_of_what_it_knows() {
        let model = model(&centre());
        let known = model.rank("how do I reset my login password", 1).confidence;
        for message in ["who won the world cup", "今天天气怎么样", "xyzzy", "", "😀"] {
            assert!(model.rank(message, 1).confidence < known, "{message}");
        }
    }

    #[test]
    fn the_same_content_gives_the_same_scores_on_any_number_of_threads() {
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| model(&centre()));
        let many = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap().install(|| model(&centre()));
        for message in ["reset pasword", "手续费", "pay 断线", "hello"] {
            assert_eq!(one.rank(message, 3), many.rank(message, 3), "{message}");
        }
    }

    #[test]
    fn tiny_contents_are_no_trouble() {
        assert_eq!(first(&model(&[]), "anything"), None);
        assert_eq!(model(&[]).rank("anything", 3).confidence, 0.0);
        let bare = [Article(1, "", "", vec![]), Article(2, "Fees", "", vec![])];
        assert_eq!(first(&model(&bare[..1]), "fees"), Some(1));
        assert_eq!(first(&model(&bare), "the fees"), Some(2));
    }
}
