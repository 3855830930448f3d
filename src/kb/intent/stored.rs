//! The trained classifier on disk: read instead of trained when nothing that goes into it has changed.
//!
//! `FOLDER/intents-<key>` holds the model behind a checksum. The key is a hash over everything that it is trained on, the
//! recipe, and the format, so that a file of the right name that passes its check is the right model. It is written under
//! another name and renamed when it is whole.

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::kb::intent::features::{Cut, features};
use crate::kb::intent::model::{IntentModel, TrainingDoc};
use crate::kb::intent::stack::Recipe;
use crate::kb::stored_index::{KEPT, last_used, note_use};

/// Raised when the model is made in another way of the same texts, or written in another way.
const FORMAT: u32 = 16;
/// Cut in every way there is: when a message is cut otherwise, so is most likely this.
const PROBE: &str = "Ｅ１１０１：網路不穩定，can't pay 2,000.50 via Wi-Fi at the shop's; 充值失败 ブラウザ кошелёк";
/// What the names of the files begin with.
const NAME: &str = "intents-";
/// The length of the checksum before the model.
const CHECKSUM: usize = blake3::OUT_LEN;

impl IntentModel {
    /// Returns the model of these articles from a folder; trains it and keeps it there where it is missing or damaged. A
    /// folder that cannot be written costs time at each start and nothing else.
    #[must_use]
    pub fn read_or_train(folder: &Path, docs: &[TrainingDoc<'_>], recipe: &Recipe) -> IntentModel {
        let place = folder.join(format!("{NAME}{}", key(docs, recipe)));
        if let Some(model) = read(&place) {
            note_use(&place);
            return model;
        }
        let model = IntentModel::train_with(docs, recipe);
        if let Err(error) = write(&place, &model) {
            tracing::warn!(file = %place.display(), %error, "the trained classifier cannot be kept on disk");
        }
        model
    }

    /// Removes the models in a folder but for those of these articles, each list one that was trained on, and a few that
    /// were used last: those of the contents whose indexes are kept.
    pub fn tidy(folder: &Path, kept: &[(&[TrainingDoc<'_>], &Recipe)]) {
        let others = kept.len() * (KEPT - 1);
        let kept: Vec<String> = kept.iter().map(|(docs, recipe)| format!("{NAME}{}", key(docs, recipe))).collect();
        let is_other = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(NAME) && !kept.iter().any(|kept| *kept == name)
        };
        let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut found: Vec<PathBuf> = files.filter(is_other).collect();
        found.sort_unstable();
        found.sort_by_cached_key(|file| Reverse(last_used(file)));
        for file in found.into_iter().skip(others) {
            // What cannot be removed is left for the next start.
            let _ = fs::remove_file(file);
        }
    }
}

/// Returns a hash over all that a model is made of: 64 hexadecimal digits.
fn key(docs: &[TrainingDoc<'_>], recipe: &Recipe) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&FORMAT.to_le_bytes()).update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(format!("{recipe:?}").as_bytes());
    for feature in features(&Cut::new(PROBE), recipe.reach) {
        hasher.update(&feature.key.to_le_bytes());
    }
    let mut part = |text: &str| _ = hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    for doc in docs {
        part(&doc.class.to_string());
        [doc.title, doc.summary, doc.headings, doc.body].into_iter().for_each(&mut part);
        for list in [doc.questions, doc.keywords, doc.messages] {
            part(&list.len().to_string());
            list.iter().for_each(|text| part(text));
        }
    }
    hasher.finalize().to_string()
}

/// Reads a model; none where there is none, or a damaged one.
fn read(place: &Path) -> Option<IntentModel> {
    let bytes = fs::read(place).ok()?;
    let (checksum, body) = bytes.split_at_checked(CHECKSUM)?;
    let model = (blake3::hash(body).as_bytes() == checksum).then(|| postcard::from_bytes(body).ok()).flatten();
    if model.is_none() {
        tracing::warn!(file = %place.display(), "the classifier on disk is damaged and trained anew");
    }
    model
}

fn write(place: &Path, model: &IntentModel) -> io::Result<()> {
    let body = postcard::to_allocvec(model).map_err(io::Error::other)?;
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = PathBuf::from(format!("{}.{}", place.display(), std::process::id()));
    let mut file = File::create(&unfinished)?;
    file.write_all(blake3::hash(&body).as_bytes())?;
    file.write_all(&body)?;
    file.sync_all()?;
    fs::rename(&unfinished, place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Clock;

    fn docs(questions: &[String]) -> Vec<TrainingDoc<'_>> {
        let doc = |class, title, questions| TrainingDoc {
            class,
            title,
            summary: title,
            questions,
            keywords: &[],
            messages: &[],
            headings: "",
            body: title,
        };
        vec![doc(1, "Recover your password", questions), doc(2, "充值方式", &[]), doc(3, "Fees", &[])]
    }

    #[test]
    fn what_was_trained_is_read_again_and_a_damaged_file_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let questions = ["I forgot my password".to_owned(), "密码忘了".to_owned()];
        let (docs, recipe) = (docs(&questions), Recipe::default());
        let place = folder.path().join(format!("{NAME}{}", key(&docs, &recipe)));
        let trained = IntentModel::read_or_train(folder.path(), &docs, &recipe);
        let kept = read(&place).unwrap();
        for message in ["forgot pasword", "怎么充值", "xyzzy"] {
            assert_eq!(trained.rank(message, 3), kept.rank(message, 3), "{message}");
        }
        let mut bytes = fs::read(&place).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&place, &bytes).unwrap();
        assert!(read(&place).is_none());
        assert_eq!(IntentModel::read_or_train(folder.path(), &docs, &recipe).rank("充值", 3), trained.rank("充值", 3));
        assert!(read(&place).is_some());
    }

    #[test]
    fn other_questions_are_another_model_and_those_that_were_used_last_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let recipe = Recipe::default();
        let key = |docs: &[TrainingDoc<'_>]| key(docs, &recipe);
        let place = |docs: &[TrainingDoc<'_>]| folder.path().join(format!("{NAME}{}", key(docs)));
        let questions: Vec<[String; 1]> = ["a", "b", "c", "d"].map(|q| [q.to_owned()]).into();
        let all: Vec<_> = questions.iter().map(|questions| docs(questions)).collect();
        assert_ne!(key(&all[0]), key(&all[1]));
        let other = Recipe { spelling: !recipe.spelling, ..Recipe::default() };
        assert_ne!(key(&all[0]), super::key(&all[0], &other), "it is learnt in another way");
        for (n, docs) in all.iter().enumerate() {
            drop(IntentModel::read_or_train(folder.path(), docs, &recipe));
            let used = Clock::fixed(1_000_000 + i64::try_from(n).unwrap()).now();
            File::options().append(true).open(place(docs)).unwrap().set_modified(used.into()).unwrap();
        }
        // The first is used again, and the third is served.
        drop(IntentModel::read_or_train(folder.path(), &all[0], &recipe));
        IntentModel::tidy(folder.path(), &[(&all[2], &recipe)]);
        assert_eq!([0, 1, 2, 3].map(|n: usize| place(&all[n]).exists()), [true, false, true, true]);
    }
}
