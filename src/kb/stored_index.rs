//! The index on disk: reused when nothing that goes into it has changed, else brought up to date, that of a small site by
//! writing it anew.
//!
//! `FOLDER/<key>/` holds tantivy's files and a manifest: what each article was when it was indexed. The key is a hash
//! over all of that, so that a folder of the right name that passes its checks is the right index. Every change is made
//! in a folder of another name, which is renamed when it is whole; what a crash leaves behind is removed by the next
//! start. The indexes that were used last stay beside the present one: content that is taken back finds its own, and two
//! servers of different content over one folder do not throw away each other's. One file is locked while an index is
//! looked for or made: of two processes that start together one builds and the other reuses. An index that has been
//! opened stays open when its files are removed under it.

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexWriter, TantivyError};

use crate::base::Clock;
use crate::content::{Article, Synonyms};
use crate::kb::analyzer;
use crate::kb::index::{
    OnProgress, SearchIndex, add_all, article_key, key_term, merge_all, schema, tokenizers, write_small, writer,
};
use crate::kb::synonyms::SynonymMap;

/// Raised when documents are made of articles in another way; what is in the schema is told by itself.
const FORMAT: u32 = 1;
/// The file that tells what each article was.
const MANIFEST: &str = "articles.manifest";
/// The first bytes of that file.
const MAGIC: &[u8] = b"zhida articles 1\n";
/// The file that is locked.
const LOCK: &str = "lock";
/// What the name of an unfinished index begins with.
const UNFINISHED: &str = "building-";
/// So many indexes are kept, the present one and those that were used last. Those of one large site share most files.
pub(crate) const KEPT: usize = 3;
/// With more changes than one article in so many, the index is written anew: it takes about as long, and leaves no
/// deleted documents behind.
const ANEW_FROM: usize = 4;
/// An index with more deleted documents than one in so many is written anew: they count in the terms' frequencies.
const MOST_DELETED: usize = 10;
/// With more segments than this the small ones are merged.
const MOST_SEGMENTS: usize = 6;

/// What goes into an index.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) articles: &'a [Article],
    pub(crate) groups: &'a [Synonyms],
    pub(crate) synonyms: &'a SynonymMap,
    pub(crate) progress: Option<&'a OnProgress>,
    /// Whether writing the index anew takes so long that an old one is brought up to date. Its deleted documents count in
    /// the terms' frequencies: the scores of a small site depend on what it says now and on nothing else.
    pub(crate) large: bool,
}

/// Opens the index of these articles in a folder; makes it there where it is missing. A folder that cannot be written,
/// or a disk that is full, costs time but no answer: the index is then built in memory.
///
/// # Errors
/// When it cannot be built in memory either.
pub(crate) fn open_or_build(folder: &Path, sources: Sources<'_>) -> tantivy::Result<SearchIndex> {
    match Store::lock(folder).map_err(TantivyError::from).and_then(|store| store.open_or_build(sources)) {
        Ok(index) => Ok(index),
        Err(error) => {
            tracing::warn!(folder = %folder.display(), %error,
                "the search index cannot be kept on disk and is built in memory");
            SearchIndex::build(sources.articles, sources.synonyms, sources.progress)
        }
    }
}

/// What each article was when it was indexed, in the order of the keys.
struct Manifest {
    /// Over all of it: 64 hexadecimal digits.
    key: String,
    articles: Vec<(u64, [u8; 16])>,
}

impl Manifest {
    fn of(sources: Sources<'_>) -> Self {
        let common = common(sources.groups);
        let mut articles: Vec<(u64, [u8; 16])> =
            sources.articles.par_iter().map(|a| (article_key(a), digest(a, &common))).collect();
        articles.par_sort_unstable();
        let key = blake3::hash(&Manifest::body(&articles)).to_string();
        Manifest { key, articles }
    }

    fn body(articles: &[(u64, [u8; 16])]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for (key, digest) in articles {
            bytes.extend(key.to_le_bytes());
            bytes.extend(digest);
        }
        bytes
    }

    fn write(&self, folder: &Path) -> io::Result<()> {
        let mut file = File::create(folder.join(MANIFEST))?;
        file.write_all(&Manifest::body(&self.articles))?;
        file.sync_all()
    }

    /// Returns how many articles are other than in an index, or not in it, or only in it.
    fn changes_to(&self, wanted: &Manifest) -> usize {
        let before: FxHashSet<&(u64, [u8; 16])> = self.articles.iter().collect();
        let same = wanted.articles.iter().filter(|article| before.contains(article)).count();
        self.articles.len() + wanted.articles.len() - 2 * same
    }

    /// Reads what is beside an index; none when it is damaged or belongs to another one.
    fn read(folder: &Path) -> Option<Self> {
        let bytes = fs::read(folder.join(MANIFEST)).ok()?;
        let key = folder.file_name()?.to_str()?.to_owned();
        if blake3::hash(&bytes).to_string() != key {
            return None;
        }
        let articles = bytes.strip_prefix(MAGIC)?.chunks_exact(24).map(|entry| {
            let (mut key, mut digest) = ([0; 8], [0; 16]);
            key.copy_from_slice(&entry[..8]);
            digest.copy_from_slice(&entry[8..]);
            (u64::from_le_bytes(key), digest)
        });
        Some(Manifest { key, articles: articles.collect() })
    }
}

/// Returns a hash of what every document depends on: how it is made and cut, and the synonyms.
fn common(groups: &[Synonyms]) -> [u8; 32] {
    /// Cut in every way there is: when the tokenizer changes, so does most likely what it makes of this.
    const PROBE: &str = "Ｅ１１０１：網路不穩定，can't pay 2,000.50 via Wi-Fi at the shop's; 充值失败 ブラウザ кошелёк";
    let mut hasher = blake3::Hasher::new();
    hasher.update(&FORMAT.to_le_bytes()).update(&analyzer::VERSION.to_le_bytes());
    for term in crate::text::terms(PROBE) {
        part(&mut hasher, &term.text);
    }
    for (_, entry) in schema().0.fields() {
        part(&mut hasher, &format!("{entry:?}"));
    }
    for group in groups {
        part(&mut hasher, group.locale.as_ref().map_or("", |l| l.as_str()));
        parts(&mut hasher, &group.from);
        parts(&mut hasher, &group.to);
        hasher.update(&[u8::from(group.two_way)]);
    }
    *hasher.finalize().as_bytes()
}

/// Returns a hash of what an article's document is made of.
fn digest(article: &Article, common: &[u8; 32]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_keyed(common);
    part(&mut hasher, &article.title);
    part(&mut hasher, &article.summary);
    for list in [&article.questions, &article.keywords, &article.messages, &article.codes] {
        parts(&mut hasher, list);
    }
    hasher.update(&(article.headings.len() as u64).to_le_bytes());
    article.headings.iter().for_each(|h| part(&mut hasher, &h.text));
    hasher.update(&(article.sections.len() as u64).to_le_bytes());
    article.sections.iter().for_each(|s| part(&mut hasher, &s.text));
    let mut digest = [0; 16];
    hasher.finalize_xof().fill(&mut digest);
    digest
}

/// Adds a text so that it cannot be taken for a part of its neighbour.
fn part(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
}

fn parts(hasher: &mut blake3::Hasher, texts: &[String]) {
    hasher.update(&(texts.len() as u64).to_le_bytes());
    texts.iter().for_each(|t| part(hasher, t));
}

/// The folder of indexes while it is ours alone.
struct Store<'a> {
    folder: &'a Path,
    /// Unlocked when it is dropped.
    _lock: File,
}

impl<'a> Store<'a> {
    /// Takes the folder; waits while another process has it.
    fn lock(folder: &'a Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        if lock.try_lock().is_err() {
            tracing::info!("another process is building the search index; waiting for it");
            lock.lock()?;
        }
        Ok(Store { folder, _lock: lock })
    }

    fn open_or_build(&self, sources: Sources<'_>) -> tantivy::Result<SearchIndex> {
        let wanted = Manifest::of(sources);
        let place = self.folder.join(&wanted.key);
        if place.exists() {
            match open(&place, &wanted, sources) {
                Ok(index) => {
                    self.tidy(&wanted.key);
                    return Ok(index);
                }
                Err(error) => {
                    tracing::warn!(index = %place.display(), %error, "the search index is damaged and built anew");
                    fs::remove_dir_all(&place)?;
                }
            }
        }
        let unfinished = self.folder.join(format!("{UNFINISHED}{}", std::process::id()));
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        let indexes = if sources.large { self.indexes() } else { Vec::new() };
        let manifests = indexes.into_iter().filter_map(|folder| Some((Manifest::read(&folder)?, folder)));
        let old = manifests.min_by_key(|(old, _)| old.changes_to(&wanted));
        let updated = old.is_some_and(|(old, folder)| {
            update(&folder, &old, &unfinished, &wanted, sources).unwrap_or_else(|error| {
                tracing::warn!(index = %folder.display(), %error, "the old search index is of no use");
                false
            })
        });
        if !updated {
            if unfinished.exists() {
                fs::remove_dir_all(&unfinished)?;
            }
            build(&unfinished, &wanted, sources)?;
        }
        wanted.write(&unfinished)?;
        fs::rename(&unfinished, &place)?;
        let index = open(&place, &wanted, sources)?;
        self.tidy(&wanted.key);
        Ok(index)
    }

    /// Returns every folder that has the name of a finished index, the one that was used last first.
    fn indexes(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = self.entries().into_iter().filter(|p| is_key(&name(p))).collect();
        found.sort_unstable();
        found.sort_by_cached_key(|folder| Reverse(last_used(&folder.join(MANIFEST))));
        found
    }

    fn entries(&self) -> Vec<PathBuf> {
        fs::read_dir(self.folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    }

    /// Notes that an index is used, and removes those that were not for longest, and what a crash left unfinished. What
    /// cannot be removed is left for the next start.
    fn tidy(&self, keep: &str) {
        note_use(&self.folder.join(keep).join(MANIFEST));
        let old = self.indexes().into_iter().filter(|folder| name(folder) != keep).skip(KEPT - 1);
        let unfinished = self.entries().into_iter().filter(|path| name(path).starts_with(UNFINISHED));
        for path in old.chain(unfinished) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Notes that a file is used now. Where that cannot be noted, it counts as used when it was written.
pub(crate) fn note_use(file: &Path) {
    let noted = File::options().append(true).open(file).and_then(|file| file.set_modified(Clock::System.now().into()));
    if let Err(error) = noted {
        tracing::debug!(file = %file.display(), %error, "that it is used cannot be noted");
    }
}

/// Returns when a file was last used; a file that nobody can tell of, at no time.
pub(crate) fn last_used(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn is_key(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn damaged(what: &str) -> TantivyError {
    TantivyError::InternalError(what.to_owned())
}

fn open_files(folder: &Path) -> tantivy::Result<Index> {
    let mut index = Index::open(MmapDirectory::open(folder)?)?;
    index.set_tokenizers(tokenizers());
    if index.schema() != schema().0 {
        return Err(damaged("it has another schema"));
    }
    for file in index.load_metas()?.list_segment_files() {
        // Segments without deleted documents have no file that lists them.
        if folder.join(&file).exists() && !index.directory().validate_checksum(&file)? {
            return Err(damaged(&format!("the checksum of {} is wrong", file.display())));
        }
    }
    Ok(index)
}

/// Opens a finished index after checking it.
fn open(folder: &Path, wanted: &Manifest, sources: Sources<'_>) -> tantivy::Result<SearchIndex> {
    let found = Manifest::read(folder).ok_or_else(|| damaged("its manifest is missing or damaged"))?;
    let index = open_files(folder)?;
    // A small site's segment is written in one go, without a payload.
    let payload = sources.large.then_some(wanted.key.as_str());
    if found.key != wanted.key || index.load_metas()?.payload.as_deref() != payload {
        return Err(damaged("it belongs to other articles"));
    }
    SearchIndex::open(index, sources.articles)
}

/// Writes an index of every article.
fn build(to: &Path, wanted: &Manifest, sources: Sources<'_>) -> tantivy::Result<()> {
    fs::create_dir_all(to)?;
    if !sources.large {
        return write_small(MmapDirectory::open(to)?, sources.articles, sources.synonyms).map(|_| ());
    }
    let builder = Index::builder().schema(schema().0).tokenizers(tokenizers());
    let index = builder.open_or_create(MmapDirectory::open(to)?)?;
    let mut writer = writer(&index)?;
    add_all(&writer, sources.articles.iter(), sources.synonyms, sources.progress)?;
    commit(&mut writer, wanted)?;
    merge_all(writer)
}

fn commit(writer: &mut IndexWriter, wanted: &Manifest) -> tantivy::Result<()> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&wanted.key);
    commit.commit().map(|_| ())
}

/// Makes an index from an old one and the articles that changed; false when to write it anew is better.
fn update(from: &Path, old: &Manifest, to: &Path, wanted: &Manifest, sources: Sources<'_>) -> tantivy::Result<bool> {
    let now: FxHashMap<u64, [u8; 16]> = wanted.articles.iter().copied().collect();
    let before: FxHashMap<u64, [u8; 16]> = old.articles.iter().copied().collect();
    let gone: Vec<u64> = old.articles.iter().filter(|(k, d)| now.get(k) != Some(d)).map(|(k, _)| *k).collect();
    let new: FxHashSet<u64> =
        wanted.articles.iter().filter(|(k, d)| before.get(k) != Some(d)).map(|(k, _)| *k).collect();
    if (gone.len() + new.len()) * ANEW_FROM > wanted.articles.len() {
        return Ok(false);
    }
    copy(from, to)?;
    let index = open_files(to)?;
    let metas = index.searchable_segment_metas()?;
    let deleted: usize = metas.iter().map(|m| m.num_deleted_docs() as usize).sum();
    if (deleted + gone.len()) * MOST_DELETED > wanted.articles.len() {
        return Ok(false);
    }
    tracing::info!(changed = new.len(), removed = gone.len(), "bringing the search index up to date");
    let mut writer = writer(&index)?;
    for key in gone {
        writer.delete_term(key_term(key));
    }
    let changed = sources.articles.iter().filter(|a| new.contains(&article_key(a)));
    add_all(&writer, changed, sources.synonyms, None)?;
    commit(&mut writer, wanted)?;
    let metas = index.searchable_segment_metas()?;
    if metas.len() > MOST_SEGMENTS {
        let small = metas.iter().filter(|m| m.num_docs() as usize * MOST_SEGMENTS < wanted.articles.len());
        let small: Vec<_> = small.map(tantivy::SegmentMeta::id).collect();
        writer.merge(&small).wait()?;
    }
    writer.wait_merging_threads()?;
    Ok(true)
}

/// Copies an index. Segments are never written again, so that a second name for the same file will do.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = name(&path);
        if name.ends_with(".lock") || name == MANIFEST {
            continue;
        }
        let target = to.join(&name);
        if name.ends_with(".json") || fs::hard_link(&path, &target).is_err() {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::base::SafeHtml;
    use crate::content::{Audience, Section};
    use crate::search::rank::{QueryTerm, Scored, rank};

    const SUBJECTS: [&str; 6] =
        ["充值失败", "忘记密码", "the fee of a transfer", "网络不稳定", "verify your identity", "退款到账"];

    fn article(number: usize) -> Article {
        let (a, b) = (SUBJECTS[number % 6], SUBJECTS[(number / 6) % 6]);
        Article {
            id: format!("help/a{number}").parse().unwrap(),
            locale: "en".parse().unwrap(),
            file: "x.md".into(),
            title: format!("{a} {number}"),
            summary: format!("{b}怎么办"),
            codes: vec![],
            messages: vec![],
            questions: vec![format!("{a}{b}")],
            keywords: vec![],
            related: vec![],
            aliases: vec![],
            audience: Audience::Public,
            money_at_risk: false,
            updated: None,
            markdown: String::new(),
            html: SafeHtml::default(),
            headings: vec![],
            sections: vec![Section { anchor: None, heading: String::new(), text: b.repeat(1 + number % 7) }],
        }
    }

    fn articles(count: usize) -> Vec<Article> {
        (0..count).map(article).collect()
    }

    fn opened_as(large: bool, folder: &Path, articles: &[Article]) -> SearchIndex {
        let synonyms = SynonymMap::default();
        let sources = Sources { articles, groups: &[], synonyms: &synonyms, progress: None, large };
        Store::lock(folder).unwrap().open_or_build(sources).unwrap()
    }

    fn opened(folder: &Path, articles: &[Article]) -> SearchIndex {
        opened_as(true, folder, articles)
    }

    fn segments(index: &SearchIndex) -> BTreeMap<String, (u32, u32)> {
        let metas = index.tantivy.searchable_segment_metas().unwrap();
        metas.iter().map(|m| (m.id().uuid_string(), (m.num_docs(), m.num_deleted_docs()))).collect()
    }

    fn found(index: &SearchIndex, words: &str) -> Vec<Scored> {
        let terms: Vec<QueryTerm> = crate::text::terms(words)
            .into_iter()
            .map(|t| QueryTerm { text: t.text, weight: 1.0, telling: true, stop: false })
            .collect();
        let mut scored = rank(index, &terms);
        scored.sort_by_key(|s| s.ordinal);
        scored
    }

    fn folders(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| name(&e.unwrap().path())).filter(|n| n != LOCK).collect();
        names.sort();
        names
    }

    #[test]
    fn a_restart_reuses_the_index() {
        let folder = tempfile::tempdir().unwrap();
        let articles = articles(60);
        let first = opened(folder.path(), &articles);
        let file = folder.path().join(&folders(folder.path())[0]).join("meta.json");
        let written = fs::metadata(&file).unwrap().modified().unwrap();
        let second = opened(folder.path(), &articles);
        assert_eq!(segments(&first), segments(&second));
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);
        assert_eq!(found(&first, "充值"), found(&second, "充值"));
    }

    #[test]
    fn a_small_site_is_reused_too_and_scores_by_what_it_says_now() {
        let folder = tempfile::tempdir().unwrap();
        let mut articles = articles(60);
        let first = opened_as(false, folder.path(), &articles);
        assert_eq!(segments(&opened_as(false, folder.path(), &articles)), segments(&first));
        articles[7].title = "充值 unmistakable".to_owned();
        let second = opened_as(false, folder.path(), &articles);
        assert_eq!(segments(&second).values().copied().collect::<Vec<_>>(), [(60, 0)]);
        let memory = SearchIndex::build(&articles, &SynonymMap::default(), None).unwrap();
        assert_eq!(found(&second, "充值"), found(&memory, "充值"));
    }

    #[test]
    fn other_content_over_the_same_folder_keeps_its_index_and_the_number_is_bounded() {
        for large in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let (one, other) = (articles(60), articles(20));
            let first = segments(&opened_as(large, folder.path(), &one));
            let second = segments(&opened_as(large, folder.path(), &other));
            // Two servers that start in turn read what they wrote.
            for _ in 0..2 {
                assert_eq!(segments(&opened_as(large, folder.path(), &one)), first);
                assert_eq!(segments(&opened_as(large, folder.path(), &other)), second);
            }
            // A third and a fourth content: the one that was not used for longest goes.
            let key = |index: usize| folders(folder.path())[index].clone();
            assert_eq!(folders(folder.path()).len(), 2);
            for (n, name) in [key(0), key(1)].into_iter().enumerate() {
                let used = Clock::fixed(1_000_000 + i64::try_from(n).unwrap()).now();
                let manifest = File::options().append(true).open(folder.path().join(&name).join(MANIFEST)).unwrap();
                manifest.set_modified(used.into()).unwrap();
            }
            let (longest, later) = (key(0), key(1));
            opened_as(large, folder.path(), &articles(30));
            assert_eq!(folders(folder.path()).len(), KEPT);
            opened_as(large, folder.path(), &articles(40));
            let left = folders(folder.path());
            assert!(left.len() == KEPT && !left.contains(&longest) && left.contains(&later), "{left:?}");
        }
    }

    #[test]
    fn a_changed_article_is_indexed_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut articles = articles(60);
        let before = segments(&opened(folder.path(), &articles));
        articles[7].title = "鲸鱼 unmistakable".to_owned();
        articles.remove(30);
        articles.insert(3, article(99));
        let index = opened(folder.path(), &articles);
        let after = segments(&index);
        for (id, (documents, _)) in &before {
            assert!(after.contains_key(id), "a segment of {documents} documents was written again");
        }
        let new: u32 = after.iter().filter(|(id, _)| !before.contains_key(*id)).map(|(_, (n, _))| n).sum();
        assert_eq!(new, 2);
        // One changed and one removed: the places of all articles behind them have moved.
        let hits = found(&index, "unmistakable");
        assert_eq!(hits.iter().map(|h| articles[h.ordinal as usize].id.to_string()).collect::<Vec<_>>(), ["help/a7"]);
        let numbers: Vec<u32> = found(&index, "密码").iter().map(|h| h.ordinal).collect();
        let memory = SearchIndex::build(&articles, &SynonymMap::default(), None).unwrap();
        assert_eq!(numbers, found(&memory, "密码").iter().map(|h| h.ordinal).collect::<Vec<_>>());
    }

    #[test]
    fn many_small_changes_leave_few_segments() {
        let folder = tempfile::tempdir().unwrap();
        let mut articles = articles(200);
        for number in 0..12 {
            articles[number].title.push_str(" again");
            let index = opened(folder.path(), &articles);
            assert!(index.segments.len() <= MOST_SEGMENTS + 1, "{} segments", index.segments.len());
            assert_eq!(found(&index, "again").len(), number + 1);
        }
    }

    #[test]
    fn a_damaged_index_is_built_anew() {
        is_built_anew(true);
        is_built_anew(false);
    }

    fn is_built_anew(large: bool) {
        let folder = tempfile::tempdir().unwrap();
        let articles = articles(60);
        let expected = found(&opened_as(large, folder.path(), &articles), "退款");
        let key = folders(folder.path())[0].clone();
        let files = |extension: &str| -> Vec<PathBuf> {
            let all = fs::read_dir(folder.path().join(&key)).unwrap().map(|e| e.unwrap().path());
            all.filter(|p| p.extension().is_some_and(|e| e == extension)).collect()
        };
        for extension in ["idx", "term", "manifest", "json"] {
            for how in ["cut", "flipped", "missing"] {
                for path in files(extension) {
                    let mut bytes = fs::read(&path).unwrap();
                    match how {
                        "cut" => bytes.truncate(bytes.len() / 2),
                        "flipped" => {
                            let middle = bytes.len() / 2;
                            bytes[middle] ^= 0x55;
                        }
                        _ => {}
                    }
                    // A new file: the index that is open keeps the old one.
                    fs::remove_file(&path).unwrap();
                    if how != "missing" {
                        fs::write(&path, bytes).unwrap();
                    }
                }
                let opened = opened_as(large, folder.path(), &articles);
                assert_eq!(found(&opened, "退款"), expected, "{extension} {how}");
                assert_eq!(folders(folder.path()), std::slice::from_ref(&key), "{extension} {how}");
            }
        }
    }

    #[test]
    fn what_a_crash_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("building-1")).unwrap();
        fs::write(folder.path().join("building-1/half.idx"), "half").unwrap();
        fs::write(folder.path().join("notes.txt"), "mine").unwrap();
        opened(folder.path(), &articles(20));
        let names = folders(folder.path());
        assert!(names.contains(&"notes.txt".to_owned()) && names.len() == 2, "{names:?}");
    }

    #[test]
    fn two_at_once_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (articles(60), articles(50));
        let hits = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..6)
                .map(|i| {
                    let (articles, folder) = (if i % 2 == 0 { &one } else { &other }, folder.path());
                    scope.spawn(move || (articles.len(), found(&opened(folder, articles), "网络").len()))
                })
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect::<Vec<_>>()
        });
        for (count, hits) in hits {
            let memory = SearchIndex::build(&articles(count), &SynonymMap::default(), None).unwrap();
            assert_eq!(hits, found(&memory, "网络").len());
        }
    }

    #[test]
    fn memory_disk_and_any_number_of_threads_score_alike() {
        let articles = articles(300);
        let on = |threads: usize| {
            let folder = tempfile::tempdir().unwrap();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let index = pool.install(|| opened(folder.path(), &articles));
            ["充值失败怎么办", "the fee", "密码 network", "verify identity 退款"].map(|q| found(&index, q))
        };
        let memory = SearchIndex::build(&articles, &SynonymMap::default(), None).unwrap();
        let expected = ["充值失败怎么办", "the fee", "密码 network", "verify identity 退款"].map(|q| found(&memory, q));
        assert!(expected.iter().all(|hits| !hits.is_empty()));
        assert_eq!(on(1), expected);
        assert_eq!(on(2), expected);
    }

    #[test]
    fn several_segments_score_as_one() {
        let articles = articles(90);
        let index = Index::builder().schema(schema().0).tokenizers(tokenizers()).create_in_ram().unwrap();
        let mut writer = writer(&index).unwrap();
        for part in articles.chunks(25) {
            add_all(&writer, part.iter(), &SynonymMap::default(), None).unwrap();
            writer.commit().unwrap();
        }
        let apart = SearchIndex::open(index, &articles).unwrap();
        assert!(apart.segments.len() >= 4);
        let whole = SearchIndex::build(&articles, &SynonymMap::default(), None).unwrap();
        for query in ["充值失败怎么办", "the fee", "密码"] {
            assert_eq!(found(&apart, query), found(&whole, query), "{query}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_costs_no_answer() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let articles = articles(20);
        let synonyms = SynonymMap::default();
        let sources = Sources { articles: &articles, groups: &[], synonyms: &synonyms, progress: None, large: false };
        let index = open_or_build(&file.path().join("index"), sources).unwrap();
        assert!(!found(&index, "密码").is_empty());
    }
}
