//! The picture that a shared link shows: the title on the site's colour, cut off below like a till receipt.
//!
//! Without a font for the title it is the site's mark alone: a picture without words is better than one of boxes.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};

use crate::base::ArticleId;
use crate::base::html::push_escaped;
use crate::web::discovery::drawing;
use crate::web::document::Document;
use crate::web::error::Failure;
use crate::web::frame::{brand, categories};
use crate::web::reader::Reader;

/// The size that social networks ask for, in pixels.
pub(crate) const WIDTH: u32 = 1200;
pub(crate) const HEIGHT: u32 = 630;

/// Room for the title, in pixels.
const ROOM: f32 = 1040.0;
/// Sizes of the title, in pixels: the largest that fits into three lines is taken.
const SIZES: [f32; 6] = [76.0, 68.0, 60.0, 52.0, 44.0, 38.0];
const LINES: usize = 3;

/// What stands on the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Words {
    brand: String,
    title: String,
    /// Below the cut: the category, and the codes.
    left: String,
    right: String,
}

/// `GET /{locale}/card.png`: the site's own.
pub(crate) async fn site(reader: Reader) -> Result<Response, Failure> {
    let site = reader.site();
    let tagline = site.tagline.get(&reader.locale, &site.default_locale).unwrap_or(reader.ui.search_hint);
    let words = Words {
        brand: brand(&reader),
        title: reader.ui.home_heading.to_owned(),
        left: tagline.to_owned(),
        right: String::new(),
    };
    draw(&reader, words).await
}

/// `GET /{locale}/cards/{category}/{file}`, the file being `<slug>.png`.
pub(crate) async fn article(
    reader: Reader,
    Path((_, category, file)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let missing = || Failure::not_found("unknown_article", "no such article");
    let slug = file.strip_suffix(".png").ok_or_else(missing)?;
    let id = ArticleId::new(&category, slug).map_err(|_| missing())?;
    let article = reader.article(&id).ok_or_else(missing)?;
    let category = categories(&reader).into_iter().find(|c| c.id == category).map(|c| c.name).unwrap_or_default();
    let words = Words {
        brand: format!("{} {}", brand(&reader), reader.ui.help_centre),
        title: article.title.clone(),
        left: category,
        right: article.codes.iter().take(3).cloned().collect::<Vec<_>>().join("  "),
    };
    draw(&reader, words).await
}

async fn draw(reader: &Reader, words: Words) -> Result<Response, Failure> {
    let edition = Arc::clone(&reader.edition);
    let made = drawing::in_the_background(move || {
        let all = [words.brand.as_str(), &words.title, &words.left, &words.right].concat();
        let family = drawing::family_for(&all);
        let svg = picture(&words, family.as_deref(), &edition.style.deep);
        drawing::png(&svg, WIDTH, HEIGHT)
    });
    let picture = made.await.ok_or_else(|| Failure::not_found("no_picture", "the picture cannot be drawn"))?;
    Ok(reader.publish(Document::new("image/png", picture)).into_response())
}

fn picture(words: &Words, family: Option<&str>, deep: &str) -> String {
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"><rect width="1200" height="630" fill="{deep}"/><rect y="526" width="1200" height="104" fill="#fafaf6"/>"##
    );
    for i in 0..34 {
        let _ = write!(svg, r##"<circle cx="{}" cy="526" r="13" fill="#fafaf6"/>"##, 6 + i * 36);
    }
    let Some(family) = family else {
        svg.push_str(
            r##"<g transform="translate(470 135) scale(8.1)" fill="none" stroke="#fff" stroke-linejoin="round" stroke-linecap="round" stroke-width="2.2"><path d="M9 8.5h14v11.25h-6.5L12 24v-4.25H9z"/><path d="M13 12.75h6M13 15.75h3.5"/></g></svg>"##,
        );
        return svg;
    };
    let mut text = |x: i32, y: f32, size: f32, weight: u32, colour: &str, anchor: &str, words: &str| {
        let _ = write!(
            svg,
            r#"<text x="{x}" y="{y}" font-family="{}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}">{}</text>"#,
            escaped(family),
            escaped(words)
        );
    };
    text(80, 118.0, 34.0, 500, "#ffffff", "start", &words.brand);
    let (size, lines) = fit(&words.title);
    let height = size * 1.32;
    // The lines' middle lies in the middle of the room between brand and cut.
    let first = 330.0 - height * (lines.len() as f32 - 1.0) / 2.0 + size * 0.36;
    for (i, line) in lines.iter().enumerate() {
        text(80, first + height * i as f32, size, 700, "#ffffff", "start", line);
    }
    text(80, 592.0, 30.0, 500, "#46544d", "start", &words.left);
    text(1120, 592.0, 30.0, 700, "#46544d", "end", &words.right);
    svg.push_str("</svg>");
    svg
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // XML has no place for control characters, escaped or not.
    push_escaped(&mut out, &text.chars().filter(|c| !c.is_control()).collect::<String>());
    out
}

/// Returns the largest size at which the title fits, and its lines; what does not fit at the smallest ends in `…`.
fn fit(title: &str) -> (f32, Vec<String>) {
    for size in SIZES {
        let lines = wrap(title, ROOM / size);
        if lines.len() <= LINES {
            return (size, balanced(title, ROOM / size, lines));
        }
    }
    let size = SIZES[SIZES.len() - 1];
    let mut lines = wrap(title, ROOM / size - 1.0);
    lines.truncate(LINES);
    if let Some(last) = lines.last_mut() {
        last.push('…');
    }
    (size, lines)
}

/// Makes lines of about the same length, lest a single character stand alone in the last.
fn balanced(title: &str, most: f32, mut lines: Vec<String>) -> Vec<String> {
    for share in [0.9, 0.8, 0.7, 0.6, 0.5_f32] {
        let narrower = wrap(title, most * share);
        if narrower.len() > lines.len() {
            break;
        }
        lines = narrower;
    }
    lines
}

/// Breaks a text into lines of at most `most` ems: between words, and around each ideograph, but never before closing
/// punctuation or after opening punctuation.
fn wrap(text: &str, most: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for piece in pieces(text) {
        let width: f32 = piece.trim_end().chars().map(em).sum();
        if used + width > most && used > 0.0 {
            lines.push(String::new());
            used = 0.0;
        }
        let piece = if used > 0.0 { piece.as_str() } else { piece.trim_start() };
        used += piece.chars().map(em).sum::<f32>();
        if let Some(line) = lines.last_mut() {
            line.push_str(piece);
        }
    }
    lines.iter().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect()
}

/// Cuts a text where a line may end.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut last: Option<char> = None;
    for c in text.chars() {
        let closing = "，。、；：？！”’）》】」』,.;:?!)]}".contains(c);
        let after_opening = last.is_some_and(|l| "“‘（《【「『([{".contains(l));
        let breaks = last.is_some_and(|l| is_wide(c) || is_wide(l) || l == ' ');
        match pieces.last_mut() {
            Some(piece) if closing || after_opening || !breaks => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        last = Some(c);
    }
    pieces
}

fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0x20000..=0x3fffd)
}

/// About how wide a bold character is, in ems; a little more than most fonts draw it, so that lines fit in all.
fn em(c: char) -> f32 {
    match c {
        c if is_wide(c) || "“”‘’…—".contains(c) => 1.0,
        ' ' => 0.3,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.98,
        c if c.is_uppercase() => 0.74,
        _ => 0.64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_begins_with_closing_punctuation() {
        for most in 3..20_u8 {
            for line in wrap("“客户异常重试中”，是什么意思？（三个原因）", f32::from(most)) {
                assert!(!line.starts_with(['，', '”', '？', '）']) && !line.ends_with(['“', '（']), "{line}");
            }
        }
    }

    #[test]
    fn words_stay_whole() {
        let lines = wrap("What “Customer abnormal, retrying” means", 12.0);
        assert!(lines.len() > 1 && lines.join(" ") == "What “Customer abnormal, retrying” means", "{lines:?}");
    }

    #[test]
    fn a_title_of_any_length_fits() {
        for n in [1, 10, 40, 100, 1000] {
            let (size, lines) = fit(&"账".repeat(n));
            assert!(lines.len() <= LINES && lines.iter().all(|l| l.chars().map(em).sum::<f32>() * size <= ROOM + 1.0));
        }
    }

    #[test]
    fn what_authors_write_stays_text() {
        let words = Words {
            brand: "<b>&".into(),
            title: "</text><script>\u{1}".into(),
            left: "\"".into(),
            right: String::new(),
        };
        let svg = picture(&words, Some("Noto \"Sans"), "#000000");
        assert!(!svg.contains("<script>") && !svg.contains("<b>") && drawing::png(&svg, 120, 63).is_some());
    }
}
